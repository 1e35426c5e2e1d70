/**
 * Predictions for whole pools, and for rows that are in no pool yet.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import type { Tensor } from "../device/tensor.ts";
import { InputError } from "../errors.ts";
import { type MatrixInput, rowsOf } from "../io/matrix.ts";
import type { Scaling } from "./column-scale.ts";
import { Pool, type Segment } from "./pool.ts";
import type { Predictor } from "./predictions.ts";
import { predictableSegments } from "./probabilities.ts";

/** What decides whether a head can be applied to samples: where they are, and how wide. */
export interface Placed {
  /** Where they are. */
  readonly device: Device;
  /** d, the number of features. */
  readonly columns: number;
}

/**
 * Checks that a head and samples belong together.
 *
 * @param head the head, or the pool that it was trained on
 * @param samples what it is applied to
 * @throws {InputError} if they are on two devices, or of two widths
 */
export function checkPlaced(head: Placed, samples: Placed): void {
  if (head.device !== samples.device) {
    throw new InputError(
      `Cannot apply a head to samples of another device: the head is on ${head.device.name}, and ` +
        `the samples are on ${samples.device.name}`,
    );
  }
  checkColumns(head.columns, samples.columns);
}

/**
 * Checks that samples are as wide as a head expects, without the padding.
 *
 * @throws {InputError} if they are not
 */
export function checkColumns(expected: number, found: number): void {
  if (expected === found) return;
  throw new InputError(`Cannot apply a head for ${expected} features to samples of ${found}`);
}

/**
 * Does work on a pool of the rows that a head is asked about.
 *
 * @param like the head, or the pool that it was trained on
 * @param features a pool, which is scaled already; or raw features, which are scaled as those of
 * `like`
 * @param work gets the pool, which is gone when the work is done if it was made here
 * @throws {InputError} if the features are not as wide as those of `like`, or on another device
 */
export async function onScaledRows<T>(
  like: Placed & Scaling,
  features: Pool | MatrixInput,
  work: (pool: Pool) => Promise<T>,
): Promise<T> {
  if (features instanceof Pool) {
    checkPlaced(like, features);
    return await work(features);
  }
  const source = rowsOf("features", features);
  checkColumns(like.columns, source.columns);
  using pool = await Pool.from(like.device, source, { scale: like });
  return await work(pool);
}

/**
 * Reads what a head makes of every row of a pool.
 *
 * @param pool the features, `[n, d]`
 * @param all receives the outputs, `[n, K]`
 * @param outputsOf the outputs `[rows, K]` of a stretch; they are disposed of
 * @returns `all`
 */
export async function readOutputs<T extends Float32Array | Float64Array>(
  pool: Pool,
  all: T,
  outputsOf: (segment: Segment) => Tensor | Promise<Tensor>,
): Promise<T> {
  const width = all.length / pool.rows;
  for (const segment of predictableSegments(pool, width)) {
    using outputs = await outputsOf(segment);
    all.set(await pool.device.read(outputs), segment.base * width);
  }
  return all;
}

/**
 * The class probabilities of a whole pool.
 *
 * @param pool the features, `[n, d]`
 * @param predictor what predicts
 * @returns `[n, K]`
 */
export function predictPool(pool: Pool, predictor: Predictor): Promise<Float32Array> {
  const all = new Float32Array(pool.rows * predictor.classes);
  return readOutputs(pool, all, (segment) => predictor.predict(pool.device, segment));
}
