/**
 * Copies of Fisher factors on another device.
 *
 * @module
 */

import type { Device } from "../../../device/device.ts";
import type { Tensor } from "../../../device/tensor.ts";
import { ResourceStack } from "../../../disposal.ts";
import { arrayRows } from "../../../io/rows.ts";
import { Pool, ROW_UNIT } from "../../../pool/pool.ts";
import { FisherFactors } from "../fisher/factors.ts";

/**
 * Copies samples with their factors to another device, as one segment.
 *
 * @param factors the samples
 * @param device the other device
 * @returns the copy, the caller's to dispose
 */
export async function copyFactors(factors: FisherFactors, device: Device): Promise<FisherFactors> {
  const { classes, rank, segments, pool: { device: from, rows, stride, blocks } } = factors;
  const read = async (tensors: readonly Tensor[]) => {
    const numbers = new Float64Array(tensors.reduce((sum, { size }) => sum + size, 0));
    let at = 0;
    for (const part of await from.readAll(tensors.map((tensor) => ({ tensor })))) {
      numbers.set(part, at);
      at += part.length;
    }
    return numbers;
  };
  const features = await read(blocks.map(({ features }) => features));
  const p = await read(segments.map(({ probabilities }) => probabilities));
  const c = await read(segments.map(({ columns }) => columns));
  const w = await read(segments.map(({ weights }) => weights));
  using undo = new ResourceStack();
  const pool = undo.use(await Pool.from(device, arrayRows("features", features, stride)));
  const probabilities = undo.use(device.tensor("probabilities", [rows, classes], "real", p));
  const columns = undo.use(device.tensor("factor columns", [rows, rank], "u32", c));
  const weights = undo.use(device.tensor("factor weights", [rows, rank], "real", w));
  const whole = rows + ROW_UNIT;
  const copied = pool.segments(whole).map((segment) => (
    { ...segment, probabilities, columns, weights }
  ));
  undo.move();
  return new FisherFactors(pool, classes, rank, copied, whole, true);
}
