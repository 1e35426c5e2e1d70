/**
 * The kernels that a BLAS computes instead of their CPU twins: the matrix product, and the weighted
 * Gram matrix. All others are built on these two, or run their twins.
 *
 * @module
 */

import type { Numbers } from "../kernel.ts";
import type { Gemm } from "./gemm.ts";
import { inDoubles, multiply, suitsBlas } from "./multiply.ts";

/** The number of features that are weighted at a time; they stay in the cache. */
const WEIGHTED_BLOCK = 98_304;

type Named = Readonly<Record<string, number>>;

/** A kernel on a BLAS; it returns whether it was computed, which small ones are not. */
type Form = (
  gemm: Gemm,
  tensors: Readonly<Record<string, Numbers>>,
  params: Named,
  constants: Named,
) => boolean;

/** The forms by the names of the kernels. */
export const FORMS: Readonly<Record<string, Form>> = {
  "matmul": product,
  "weighted-gram": weightedGram,
};

function product(
  gemm: Gemm,
  { a, b, c }: Readonly<Record<string, Numbers>>,
  p: Named,
  { transA, transB }: Named,
): boolean {
  const [m, n, k, lda, ldb, ldc] = [p["m"]!, p["n"]!, p["k"]!, p["lda"]!, p["ldb"]!, p["ldc"]!];
  if (!suitsBlas(c!, m, n, k)) return false;
  for (let start = 0, slice = 0; slice === 0 || start < k; start += p["kSlice"]!, slice++) {
    multiply(gemm, {
      ...{ m, n, k: Math.min(p["kSlice"]!, k - start), ldc },
      ...{ alpha: p["alpha"]!, beta: p["beta"]! },
      a: {
        values: a!,
        offset: p["aOffset"]! + start * (transA ? lda : 1),
        ld: lda,
        transposed: transA! > 0,
      },
      b: {
        values: b!,
        offset: p["bOffset"]! + start * (transB ? 1 : ldb),
        ld: ldb,
        transposed: transB! > 0,
      },
      c: c.subarray(p["cOffset"]! + slice * p["sliceStride"]!),
    });
  }
  return true;
}

function weightedGram(
  gemm: Gemm,
  { x, w, s }: Readonly<Record<string, Numbers>>,
  p: Named,
): boolean {
  const [rows, d, slice] = [p["rows"]!, p["d"]!, p["rowsPerSlice"]!];
  if (!suitsBlas(s!, Math.min(rows, slice), d, d)) return false;
  const step = Math.min(slice, Math.max(16, Math.floor(WEIGHTED_BLOCK / d)));
  const shape = { m: d, n: d, lda: d, ldb: d, ldc: d, alpha: 1, transA: true, transB: false };
  for (let z = 0; z * slice < rows; z++) {
    const end = Math.min(rows, (z + 1) * slice);
    for (let first = z * slice; first < end; first += step) {
      const count = Math.min(step, end - first);
      const plain = inDoubles(gemm, 0, x!, p["xOffset"]! + first * d, count, d, d);
      const weighted = gemm.scratch(1, count * d);
      for (let i = 0; i < count; i++) {
        const weight = w![p["wOffset"]! + first + i]!;
        for (let at = i * d; at < (i + 1) * d; at++) weighted[at] = weight * plain[at]!;
      }
      const beta = first === z * slice ? 0 : 1;
      gemm.run({ ...shape, k: count, beta }, weighted, plain, s.subarray(z * d * d));
    }
  }
  return true;
}
