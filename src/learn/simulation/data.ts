/**
 * The data of a simulation: what the oracle knows, and the split that a seed draws from it.
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

/** Samples with their true labels. */
export interface Samples {
  /** `[n, d]`, row-major. */
  readonly features: Float32Array;
  /** d. */
  readonly columns: number;
  /** `[n]`: classes from 0, or the targets of a regression. */
  readonly truth: ArrayLike<number>;
}

/** Everything a simulation knows. */
export interface SimulationData {
  /** What is chosen from. */
  readonly pool: Samples;
  /** What is tested on; without it a share of the pool, drawn by the seed. */
  readonly test?: Samples | undefined;
  /** K; undefined for regression. */
  readonly classes: number | undefined;
}

/** How a seed draws its split. */
export interface SplitOptions {
  /**
   * The share of the pool's rows that become the test set, between 0 and 1, where there is none.
   */
  readonly testShare: number;
  /** How many of the pool's rows to use; by default all. */
  readonly subset?: number | undefined;
  /** What is done to the features, by the numbers of the split's pool. */
  readonly scale: Scale;
}

/** The rows that a seed draws. */
export interface Split {
  /** The file's rows that form the pool, in the pool's order. */
  readonly pool: readonly number[];
  /** The rows that are tested on; of the test file where there is one. */
  readonly test: readonly number[];
}

/** A split on a device. */
export interface OpenSplit extends Disposable {
  /** The features to choose from. */
  readonly pool: Pool;
  /** The features to test on. */
  readonly test: Pool;
  /** What both hold, scaled, with the truth. */
  readonly poolSamples: Samples;
  /** See {@linkcode OpenSplit.poolSamples}. */
  readonly testSamples: Samples;
  /** The file's rows that form the pool. */
  readonly rows: readonly number[];
}

/** How many rows a split's pool and test set have. */
export function splitSizes(
  { pool, test }: SimulationData,
  { testShare, subset }: SplitOptions,
): { pool: number; test: number } {
  const rows = pool.truth.length;
  const held = test ? 0 : Math.round(rows * testShare);
  const left = Math.min(rows - held, subset ?? Infinity);
  return { pool: left, test: test ? test.truth.length : held };
}

/** Draws the split of a seed: the same for every strategy. */
export function drawSplit(data: SimulationData, seed: number, options: SplitOptions): Split {
  const sizes = splitSizes(data, options);
  const rows = Array.from(data.pool.truth, (_, row) => row);
  const order = sample(rows, rows.length, keyOf(seed, "test set"));
  if (data.test) {
    return {
      pool: order.slice(0, sizes.pool),
      test: Array.from(data.test.truth, (_, row) => row),
    };
  }
  return {
    test: order.slice(0, sizes.test),
    pool: order.slice(sizes.test, sizes.test + sizes.pool),
  };
}

/**
 * Puts a split on a device, with the test set scaled by the pool's moments.
 *
 * @throws {DeviceError} if it does not fit
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

/** A copy of chosen rows. */
export function take({ features, columns, truth }: Samples, rows: readonly number[]): Samples {
  const taken = new Float32Array(rows.length * columns);
  rows.forEach((row, at) =>
    taken.set(features.subarray(row * columns, (row + 1) * columns), at * columns)
  );
  return { features: taken, columns, truth: rows.map((row) => truth[row]!) };
}

/**
 * Scales the features of both in place: columns by the first one's means and deviations, or rows to
 * length 1.
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
 * Checks that the data suffice for a simulation.
 *
 * @throws {InputError} if the test share is not between 0 and 1 or leaves no test or pool rows, or
 * the pool has fewer rows than the rounds label
 */
export function checkSizes(
  data: SimulationData,
  options: SplitOptions,
  { initial, rounds, budget }: { initial: number; rounds: number; budget: number },
): void {
  const { testShare, subset } = options;
  const rows = data.pool.truth.length;
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
