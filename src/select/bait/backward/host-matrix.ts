/**
 * Small dense float64 matrices on the host, for numbers that need more digits than float32 has.
 *
 * @module
 */

import type { Yielder } from "../../../device/yielder.ts";

/**
 * Replaces a symmetric positive definite matrix by its Cholesky factor, row-major; only the lower
 * triangle is read and written.
 */
export function hostCholesky(matrix: Float64Array, size: number): void {
  for (let i = 0; i < size; i++) choleskyRow(matrix, size, i);
}

/** Computes one row of {@linkcode hostCholesky}, after the rows before it. */
export function choleskyRow(matrix: Float64Array, size: number, i: number): void {
  for (let j = 0; j <= i; j++) {
    let sum = matrix[i * size + j]!;
    for (let k = 0; k < j; k++) sum -= matrix[i * size + k]! * matrix[j * size + k]!;
    matrix[i * size + j] = i === j
      ? Math.sqrt(Math.max(sum, Number.MIN_VALUE))
      : sum / matrix[j * size + j]!;
  }
}

/** The last `part` rows and columns of the inverse of `L L^T`, `[part, part]`. */
export async function inverseOfTrailing(
  lower: Float64Array,
  size: number,
  part: number,
  yielder: Yielder,
): Promise<Float64Array> {
  const first = size - part;
  // Invert the last part of L row by row, then multiply the inverse by its transpose.
  const rows = new Float64Array(part * part);
  for (let i = 0; i < part; i++) {
    const at = (first + i) * size + first;
    for (let k = 0; k < i; k++) {
      const factor = lower[at + k]!;
      for (let e = 0; e <= k; e++) rows[i * part + e]! -= factor * rows[k * part + e]!;
    }
    rows[i * part + i] = 1;
    for (let e = 0; e <= i; e++) rows[i * part + e]! /= lower[at + i]!;
    await yielder.yieldIfDue();
  }
  const inverse = new Float64Array(part * part);
  for (let k = 0; k < part; k++) {
    for (let i = 0; i <= k; i++) {
      const factor = rows[k * part + i]!;
      for (let e = 0; e <= k; e++) inverse[i * part + e]! += factor * rows[k * part + e]!;
    }
    await yielder.yieldIfDue();
  }
  return inverse;
}

/**
 * The rows of the inverse of `L L^T` above its last `part` rows, in its last `part` columns: `[size
 * - part, part]`.
 *
 * @param inverse the result of {@linkcode inverseOfTrailing}
 */
export async function leadingRows(
  lower: Float64Array,
  size: number,
  inverse: Float64Array,
  part: number,
  yielder: Yielder,
): Promise<Float64Array> {
  const first = size - part;
  const rows = new Float64Array(first * part);
  for (let a = first - 1; a >= 0; a--) {
    for (let b = a + 1; b < size; b++) {
      const factor = lower[b * size + a]!;
      const [source, at] = b < first ? [rows, b] : [inverse, b - first];
      for (let e = 0; e < part; e++) rows[a * part + e]! -= factor * source[at * part + e]!;
    }
    for (let e = 0; e < part; e++) rows[a * part + e]! /= lower[a * size + a]!;
    await yielder.yieldIfDue();
  }
  return rows;
}
