/**
 * Weighted Gram matrices, `X^T diag(w) X`, which are added to class blocks of a symmetric matrix.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import type { Tensor } from "../device/tensor.ts";
import { addGram } from "../kernels/linalg/add-gram.ts";
import { weightedGram } from "../kernels/linalg/weighted-gram.ts";

/** Consecutive rows of a feature matrix in a tensor. */
export interface Rows {
  /** The feature matrix, row-major, `f32` or `f16`. */
  readonly features: Tensor;
  /** The index in the tensor of the first row. */
  readonly offset: number;
  /** The number of rows. */
  readonly rows: number;
  /** The number of elements per row, a multiple of 8: the padded number of features. */
  readonly stride: number;
}

/** The number of workgroups that occupies a GPU. */
const MANY_GROUPS = 256;

/** The largest total size of the slices of one product, in bytes. */
const SLICE_BYTES = 32 * 2 ** 20;

/**
 * Records the addition of `scale X^T diag(w) X` to the class blocks (k, l) and (l, k) of a
 * symmetric matrix.
 *
 * @param device the device of all tensors
 * @param x the rows X, `[rows, stride]`
 * @param w the weights of the rows, `[rows]`
 * @param matrix the matrix, `[D, D]`, where D is a multiple of the stride
 * @param block the indices k and l of the class block, and the scale
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
    Math.ceil(MANY_GROUPS / tiles),
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
