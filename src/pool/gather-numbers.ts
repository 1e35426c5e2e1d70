/**
 * Chosen rows of a matrix over the pool, as working numbers in one tensor.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import type { Tensor } from "../device/tensor.ts";
import { gatherBatch } from "../kernels/pool/gather-batch.ts";
import type { Block } from "./pool.ts";

/** Which rows of `order`, and how wide they are. */
export interface GatherOptions {
  /** The place in `order` of the first. Default 0. */
  readonly first?: number;
  /** How many. */
  readonly count: number;
  /** Elements of a row. */
  readonly width: number;
}

/**
 * Records `out[j] = row order[first + j]`, half floats or not.
 *
 * @param device where it all is
 * @param blocks rows over the whole pool, `[n, width]`
 * @param order u32, indices into the pool
 * @param out `[count, width]`
 * @param options see {@linkcode GatherOptions}
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
