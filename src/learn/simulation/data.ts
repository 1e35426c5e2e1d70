/**
 * The data of a simulation, and the random split that belongs to a seed.
 *
 * @module
 */

import type { Device } from "../../device/device.ts";
import { dispose } from "../../disposal.ts";
import { InputError } from "../../errors.ts";
import { arrayRows } from "../../io/rows.ts";
import { scaleValues } from "../../pool/column-scale.ts";
import { ColumnMoments } from "../../pool/moments.ts";
import { Pool, type Scale } from "../../pool/pool.ts";
import { keyOf } from "../../random/counter-hash.ts";
import { sample } from "../../random/sample.ts";

/** Samples with their true labels or targets. */
export interface Samples {
  /** The features, `[n, d]`, row-major. */
  readonly features: Float32Array;
  /** d, the number of features. */
  readonly columns: number;
  /**
   * The classes, whole numbers from 0, or the targets of a regression, `[n]`; or the labels of
   * samples with several each, 0 or 1, `[n, K]`, row-major.
   */
  readonly truth: ArrayLike<number>;
  /** K, if samples have several labels each. */
  readonly width?: number | undefined;
}

/** n, the number of samples. */
export function sampleCount({ truth, width = 1 }: Pick<Samples, "truth" | "width">): number {
  return truth.length / width;
}

/** The labels or targets of some samples, one sample after the other. */
export function truthOf(
  { truth, width = 1 }: Pick<Samples, "truth" | "width">,
  rows: readonly number[],
): number[] {
  return rows.flatMap((row) => Array.from({ length: width }, (_, k) => truth[row * width + k]!));
}

/** The data of a simulation. */
export interface SimulationData {
  /** The samples to select from. */
  readonly pool: Samples;
  /** The test samples; without them a random share of the pool is the test set. */
  readonly test?: Samples | undefined;
  /** K, the number of classes; undefined for regression. */
  readonly classes: number | undefined;
}

/** The options of the split of a seed. */
export interface SplitOptions {
  /** The share of the samples that become the test set if there is none, above 0 and below 1. */
  readonly testShare: number;
  /** The number of samples of the pool to use. Default: all. */
  readonly subset?: number | undefined;
  /** How the features are scaled, with the statistics of the pool of the split. */
  readonly scale: Scale;
}

/** The rows of the split of a seed. */
export interface Split {
  /** The rows of the file that form the pool, in the order of the pool. */
  readonly pool: readonly number[];
  /** The rows of the test set: of the test file if there is one, else of the file. */
  readonly test: readonly number[];
}

/** A split on a device. */
export interface OpenSplit extends Disposable {
  /** The features of the pool. */
  readonly pool: Pool;
  /** The features of the test set. */
  readonly test: Pool;
  /** The samples of the pool, with scaled features. */
  readonly poolSamples: Samples;
  /** The samples of the test set, with scaled features. */
  readonly testSamples: Samples;
  /** The rows of the file that form the pool. */
  readonly rows: readonly number[];
}

/** The number of rows in the pool and in the test set of a split. */
export function splitSizes(
  { pool, test }: SimulationData,
  { testShare, subset }: SplitOptions,
): { pool: number; test: number } {
  const rows = sampleCount(pool);
  const held = test ? 0 : Math.round(rows * testShare);
  const left = Math.min(rows - held, subset ?? Infinity);
  return { pool: left, test: test ? sampleCount(test) : held };
}

/** Draws the split of a seed, which is the same for every strategy. */
export function drawSplit(data: SimulationData, seed: number, options: SplitOptions): Split {
  const sizes = splitSizes(data, options);
  const rows = Array.from({ length: sampleCount(data.pool) }, (_, row) => row);
  const order = sample(rows, rows.length, keyOf(seed, "test set"));
  if (data.test) {
    return {
      pool: order.slice(0, sizes.pool),
      test: Array.from({ length: sizes.test }, (_, row) => row),
    };
  }
  return {
    test: order.slice(0, sizes.test),
    pool: order.slice(sizes.test, sizes.test + sizes.pool),
  };
}

/**
 * Copies a split to a device; the test set is scaled with the statistics of the pool.
 *
 * @throws {DeviceError} if the split does not fit in device memory
 */
export async function openSplit(
  device: Device,
  data: SimulationData,
  seed: number,
  options: SplitOptions,
): Promise<OpenSplit> {
  const split = drawSplit(data, seed, options);
  const poolSamples = take(data.pool, split.pool);
  const testSamples = take(data.test ?? data.pool, split.test);
  scaleBoth(poolSamples, testSamples, options.scale);
  const { columns } = poolSamples;
  const pool = await Pool.from(device, arrayRows("features", poolSamples.features, columns));
  try {
    const test = await Pool.from(device, arrayRows("test", testSamples.features, columns));
    return {
      pool,
      test,
      poolSamples,
      testSamples,
      rows: split.pool,
      [dispose]() {
        pool.dispose();
        test.dispose();
      },
    };
  } catch (error) {
    pool.dispose();
    throw error;
  }
}

/** A copy of some rows. */
export function take(samples: Samples, rows: readonly number[]): Samples {
  const { features, columns, width } = samples;
  const taken = new Float32Array(rows.length * columns);
  rows.forEach((row, at) =>
    taken.set(features.subarray(row * columns, (row + 1) * columns), at * columns)
  );
  return { features: taken, columns, truth: truthOf(samples, rows), width };
}

/**
 * Scales the features of both sets in place: columns with the means and standard deviations of the
 * first set, or rows to unit length.
 */
export function scaleBoth(pool: Samples, other: Samples | undefined, scale: Scale): void {
  const { columns } = pool;
  const all = [pool.features, ...(other ? [other.features] : [])];
  if (scale === "standardize") {
    const moments = new ColumnMoments(columns);
    moments.add(pool.features);
    const columnScale = moments.scale();
    for (const values of all) scaleValues(values, columns, columnScale);
  }
  if (scale === "l2") all.forEach((values) => normalizeRows(values, columns));
}

function normalizeRows(values: Float32Array, columns: number): void {
  for (let at = 0; at < values.length; at += columns) {
    const row = values.subarray(at, at + columns);
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    if (length > 0) row.forEach((value, f) => row[f] = value / length);
  }
}

/**
 * Checks that there is enough data for a simulation.
 *
 * @throws {InputError} if the test share is not between 0 and 1 or leaves no test or pool rows, or
 * the pool has fewer samples than the rounds label
 */
export function checkSizes(
  data: SimulationData,
  options: SplitOptions,
  { initial, rounds, budget }: { initial: number; rounds: number; budget: number },
): void {
  const { testShare, subset } = options;
  const rows = sampleCount(data.pool);
  if (!data.test && !(testShare > 0 && testShare < 1)) {
    throw new InputError(`The test share must be above 0 and below 1: found ${testShare}`);
  }
  const sizes = splitSizes(data, options);
  if (sizes.test < 1) {
    throw new InputError(`Cannot test on a share of ${testShare} of ${rows} rows: it has no row`);
  }
  if (subset !== undefined && sizes.pool < subset) {
    throw new InputError(
      `Cannot use a subset of ${subset} rows: only ${sizes.pool} of ${rows} are not tested on`,
    );
  }
  const needed = initial + rounds * budget;
  if (sizes.pool < needed) {
    const held = data.test ? "" : ` after ${sizes.test} were set aside for testing`;
    throw new InputError(
      `Cannot label ${needed} samples (${initial} + ${rounds} x ${budget}): the pool has ` +
        `${sizes.pool}${held}`,
    );
  }
}
