/**
 * The inverse of a class block in the space of its members, in float64 on the host: with the rows U
 * of the members, each with the root of its weight in M,
 *
 *     M = lambda I + U^T U,   K = lambda I + U U^T = L L^T,
 *     M^-1 = (I - W^T W) / lambda   with the dual rows W = L^-1 U
 *
 * There are as many of them as members of the class, not d, and mostly few.
 *
 * @module
 */

import { hostCholesky } from "../backward/host-matrix.ts";

/** The least pivot of a Gram matrix as a share of its largest diagonal entry. */
const LEAST_PIVOT = 1e-15;

/**
 * Computes the dual rows of members.
 *
 * @param rows U, `[m, d]`; overwritten by the result
 * @param d the number of elements of a row
 * @param lambda the ridge
 * @returns W, `[m, d]`
 */
export function dualRows(rows: Float64Array, d: number, lambda: number): Float64Array {
  const size = rows.length / d;
  const lower = kernelOf(rows, d, lambda);
  hostCholesky(lower, size);
  for (let i = 0; i < size; i++) {
    const row = rows.subarray(i * d, (i + 1) * d);
    for (let j = 0; j < i; j++) {
      const factor = lower[i * size + j]!;
      for (let f = 0; f < d; f++) row[f]! -= factor * rows[j * d + f]!;
    }
    const diagonal = lower[i * size + i]!;
    for (let f = 0; f < d; f++) row[f]! /= diagonal;
  }
  return rows;
}

/** The lower triangle of `lambda I + U U^T`, `[m, m]`. */
export function kernelOf(rows: Float64Array, d: number, lambda: number): Float64Array {
  const size = rows.length / d;
  const kernel = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = i === j ? lambda : 0;
      for (let f = 0; f < d; f++) sum += rows[i * d + f]! * rows[j * d + f]!;
      kernel[i * size + j] = sum;
    }
  }
  return kernel;
}

/**
 * Replaces more than d rows by at most d rows with the same `U^T U`: those of its Cholesky factor,
 * transposed.
 *
 * @param rows U, `[m, d]`
 * @param d the number of elements of a row
 * @returns U itself if it has at most d rows
 */
export function compressedRows(rows: Float64Array, d: number): Float64Array {
  if (rows.length <= d * d) return rows;
  const gram = new Float64Array(d * d);
  for (let at = 0; at < rows.length; at += d) {
    for (let i = 0; i < d; i++) {
      const left = rows[at + i]!;
      if (left === 0) continue;
      for (let j = i; j < d; j++) gram[i * d + j]! += left * rows[at + j]!;
    }
  }
  let largest = 0;
  for (let i = 0; i < d; i++) largest = Math.max(largest, gram[i * d + i]!);
  let kept = 0;
  for (let i = 0; i < d; i++) {
    const pivot = gram[i * d + i]!;
    if (!(pivot > LEAST_PIVOT * largest)) continue;
    const root = Math.sqrt(pivot);
    const row = gram.slice(i * d, (i + 1) * d).fill(0, 0, i).map((value) => value / root);
    for (let a = i + 1; a < d; a++) {
      for (let b = a; b < d; b++) gram[a * d + b]! -= row[a]! * row[b]!;
    }
    // The rows up to this one are not read again.
    gram.set(row, kept * d);
    kept++;
  }
  return gram.slice(0, kept * d);
}
