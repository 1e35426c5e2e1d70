/**
 * Gathering of selected rows of a matrix over the pool into one tensor.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import type { Tensor } from "../device/tensor.ts";
import { gatherBatch } from "../kernels/pool/gather-batch.ts";
import type { Block } from "./pool.ts";

/** The options of {@linkcode gatherNumbers}. */
export interface GatherOptions {
  /** The position in `order` of the first row's index. Default 0. */
  readonly first?: number;
  /** The number of rows. */
  readonly count: number;
  /** The number of elements of a row. */
  readonly width: number;
}

/**
 * Records the gathering of rows: row j of `out` becomes row `order[first + j]` of the blocks. Half
 * floats are converted to the dtype `real`.
 *
 * @param device the device of all tensors
 * @param blocks the blocks of a matrix over the whole pool, `[n, width]`
 * @param order indices into the pool, `u32`
 * @param out receives the rows, `[count, width]`
 * @param options which indices to use, and the width of the rows
 */
export function gatherNumbers(
  device: Device,
  blocks: readonly Block[],
  order: Tensor,
  out: Tensor,
  { first = 0, count, width: stride }: GatherOptions,
): void {
  for (const { features: source, base, rows } of blocks) {
    const half = source.dtype === "f16" ? 1 : 0;
    device.run(gatherBatch, { order, source, out }, { first, count, base, rows, stride }, { half });
  }
}
