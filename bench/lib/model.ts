/**
 * What the parts of a selection cost at least, in bytes and operations: to hold measured times
 * against the device's ceilings, and to choose sizes that a device can do in reasonable time.
 *
 * @module
 */

import type { FisherFactors } from "../../src/select/bait/fisher/factors.ts";
import type { Ceilings } from "../../src/linalg/ceilings.ts";

/**
 * Bytes that one pick must move on a device with 4-byte numbers: X once, M^-1 and P three times
 * (read, read and written), and for each sample its share of `X [W | Z]` written and read, its
 * factors, its forms and its score.
 */
export function pickBytes({ pool, rank, classes, D }: FisherFactors): number {
  const half = pool.blocks[0]!.features.dtype === "f16";
  const features = pool.rows * pool.stride * (half ? 2 : 4);
  const perSample = 2 * (2 * rank * classes) + classes + 2 * rank + 2 * rank * (rank + 1) + 2;
  return features + 4 * (6 * D ** 2 + perSample * pool.rows);
}

/** The size of a selection with rank 1. */
export interface SelectionSize {
  /** n. */
  readonly rows: number;
  /** d. */
  readonly columns: number;
  /** B. */
  readonly budget: number;
  /** Bytes a feature takes. */
  readonly bytes?: number;
}

/**
 * Seconds of a whole `binary` selection, if a device worked at half of its ceilings. A pick is as
 * slow as the slower of its bytes and its operations: software adapters copy at the speed of
 * memory, and multiply at a hundredth of that.
 */
export function estimateSeconds(
  { rows, columns, budget, bytes = 4 }: SelectionSize,
  { copyGBs, matmulGFLOPs }: Ceilings,
): number {
  const flops = 2 * rows * columns ** 2 * 3 + 20 * columns ** 3;
  const pick = Math.max(
    (rows * (bytes * columns + 40) + 24 * columns ** 2) / copyGBs,
    (4 * rows * columns + 12 * columns ** 2) / matmulGFLOPs,
  );
  return 2 * (flops / matmulGFLOPs + 2 * budget * pick) / 1e9;
}

/** The better of each of several measured ceilings: other work on the machine only lowers them. */
export function bestOf(...measured: readonly Ceilings[]): Ceilings {
  const product = measured.reduce((a, b) => b.matmulGFLOPs > a.matmulGFLOPs ? b : a);
  return { ...product, copyGBs: Math.max(...measured.map(({ copyGBs }) => copyGBs)) };
}
