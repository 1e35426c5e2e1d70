/**
 * Predictions for whole pools, and for raw features that are not in a pool yet.
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

/** The properties that decide whether a head can be applied to samples. */
export interface Placed {
  /** The device of the head or the samples. */
  readonly device: Device;
  /** The number of features, d. */
  readonly columns: number;
}

/**
 * Checks that a head can be applied to samples.
 *
 * @param head the head, or the pool that it was trained on
 * @param samples the samples
 * @throws {InputError} if they are on different devices, or differ in the number of features
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
 * Checks that samples have as many features as a head expects, without the padding.
 *
 * @throws {InputError} if they are not
 */
export function checkColumns(expected: number, found: number): void {
  if (expected === found) return;
  throw new InputError(`Cannot apply a head for ${expected} features to samples of ${found}`);
}

/**
 * Calls a function with a pool of the samples to predict.
 *
 * @param like the head, or the pool that it was trained on
 * @param features a pool, which is used unchanged; or raw features, which are scaled in the same
 * way as those of `like`
 * @param work the function; a pool of raw features is disposed of afterwards
 * @throws {InputError} if the features differ in number from those of `like`, or are on another
 * device
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
 * Reads the outputs of a head for every row of a pool back to the host.
 *
 * @param pool the features, `[n, d]`
 * @param all receives the outputs, `[n, K]`
 * @param outputsOf computes the outputs `[rows, K]` of a segment, which are disposed of
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
 * Computes the class probabilities of a whole pool.
 *
 * @param pool the features, `[n, d]`
 * @param predictor the predictor, for K classes
 * @returns the probabilities `[n, K]`, row-major, on the host
 */
export function predictPool(pool: Pool, predictor: Predictor): Promise<Float32Array> {
  const all = new Float32Array(pool.rows * predictor.classes);
  return readOutputs(pool, all, (segment) => predictor.predict(pool.device, segment));
}
