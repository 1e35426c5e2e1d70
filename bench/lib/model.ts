/**
 * Lower bounds of the bytes and operations of a selection, to compare measured times with the
 * ceilings of the device and to choose sizes that take a reasonable time.
 *
 * @module
 */

import type { FisherFactors } from "../../src/select/bait/fisher/factors.ts";
import type { Ceilings } from "../../src/linalg/ceilings.ts";

/**
 * The bytes that one pick must move on a device with 4-byte numbers: X once, M^-1 and P three times
 * (read, read and written), and for each sample its factors, its forms and its score, and if the
 * rank is not 1 its part of `X [W | Z]`, written and read.
 */
export function pickBytes({ pool, rank, classes, D }: FisherFactors): number {
  const half = pool.blocks[0]!.features.dtype === "f16";
  const features = pool.rows * pool.stride * (half ? 2 : 4);
  const product = rank * classes === 1 ? 0 : 2 * (2 * rank * classes);
  const perSample = product + classes + 2 * rank + 2 * rank * (rank + 1) + 2;
  return features + 4 * (6 * D ** 2 + perSample * pool.rows);
}

/** The size of a selection with rank 1. */
export interface SelectionSize {
  /** n, the number of samples. */
  readonly rows: number;
  /** d, the number of features. */
  readonly columns: number;
  /** B, the number of samples to choose. */
  readonly budget: number;
  /** The size of a feature, in bytes. */
  readonly bytes?: number;
}

/**
 * The time of a `binary` selection on a device that reaches half of its ceilings, in seconds. A
 * pick is limited by its bytes or its operations: software adapters copy at the speed of memory and
 * multiply a hundred times slower.
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

/** The maxima of several measured ceilings, which other load can only lower. */
export function bestOf(...measured: readonly Ceilings[]): Ceilings {
  const product = measured.reduce((a, b) => b.matmulGFLOPs > a.matmulGFLOPs ? b : a);
  return { ...product, copyGBs: Math.max(...measured.map(({ copyGBs }) => copyGBs)) };
}
