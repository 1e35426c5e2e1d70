/**
 * Weighted Gram matrices, `X^T diag(w) X`, added to class blocks of a symmetric matrix.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import type { Tensor } from "../device/tensor.ts";
import { addGram } from "../kernels/linalg/add-gram.ts";
import { weightedGram } from "../kernels/linalg/weighted-gram.ts";

/** Rows of features: a part of a block of the pool. */
export interface Rows {
  /** The features, row-major, `f32` or `f16`. */
  readonly features: Tensor;
  /** The first row. */
  readonly offset: number;
  /** How many rows. */
  readonly rows: number;
  /** The padded width, a multiple of 8. */
  readonly stride: number;
}

/** Workgroups that keep a GPU busy. */
const BUSY = 256;
/** Bytes that the slices of one product may take. */
const SLICE_BYTES = 32 * 2 ** 20;

/**
 * Adds `scale X^T diag(w) X` to the class blocks (k, l) and (l, k) of a symmetric matrix.
 *
 * @param device where it runs
 * @param x the rows
 * @param w their weights, `[rows]`
 * @param matrix `[D, D]`, D a multiple of the stride
 * @param block the class block and the scale
 */
export function addWeightedGram(
  device: Device,
  x: Rows,
  w: Tensor,
  matrix: Tensor,
  block: { k: number; l: number; scale: number },
): void {
  const { features, offset, rows, stride: d } = x;
  const tiles = Math.ceil(d / 64) ** 2;
  const wanted = Math.min(
    Math.ceil(BUSY / tiles),
    Math.ceil(rows / 64),
    Math.max(1, Math.floor(SLICE_BYTES / (4 * d * d))),
  );
  const rowsPerSlice = Math.ceil(rows / wanted);
  const slices = Math.ceil(rows / rowsPerSlice);
  using s = device.tensor("slices of a Gram matrix", [slices, d, d]);
  device.run(
    weightedGram,
    { x: features, w, s },
    { rows, d, xOffset: offset * d, wOffset: 0, rowsPerSlice },
    { half: features.dtype === "f16" ? 1 : 0 },
  );
  device.run(addGram, { s, matrix }, { d, D: matrix.shape[0]!, slices, ...block });
}
