/**
 * `C = alpha op(A) op(B) + beta C`, register-blocked: the general kernel of `linalg/matmul.ts`. Its
 * tile shape is a pair of constants, and `kSlice` splits the sum.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/linalg/matmul.gen.ts";

/** General matrix product with transposes, offsets, leading dimensions and split-K. */
export const tiledMatmul = /* @__PURE__ */ defineKernel({
  name: "matmul",
  wgsl,
  bindings: { a: "read", b: "read", c: "write" },
  params: {
    m: "u32",
    n: "u32",
    k: "u32",
    lda: "u32",
    ldb: "u32",
    ldc: "u32",
    aOffset: "u32",
    bOffset: "u32",
    cOffset: "u32",
    kSlice: "u32",
    sliceStride: "u32",
    lower: "u32",
    alpha: "f32",
    beta: "f32",
  },
  constants: { TX: 8, TY: 8, RX: 2, RY: 2, BK: 16, transA: 0, transB: 0, halfA: 0 },
  grid: ({ m, n, k, kSlice }, { TX, TY, RX, RY }) => [
    Math.ceil(n / (4 * RX * TX)),
    Math.ceil(m / (4 * RY * TY)),
    // With k = 0, beta C must still be written.
    Math.max(1, Math.ceil(k / kSlice)),
  ],
  cpu({ a, b, c }, p, { transA, transB }) {
    const { m, n, k, lda, ldb, ldc, aOffset, bOffset, cOffset, kSlice, alpha, beta } = p;
    const [aRow, aDepth] = transA ? [1, lda] : [lda, 1];
    const sums = new Float64Array(n);
    for (let start = 0, slice = 0; slice === 0 || start < k; start += kSlice, slice++) {
      const end = Math.min(k, start + kSlice);
      for (let i = 0; i < m; i++) {
        sums.fill(0);
        const columns = p.lower ? Math.min(n, i + 1) : n;
        const a0 = aOffset + i * aRow;
        if (transB) {
          for (let j = 0; j < columns; j++) {
            let sum = 0;
            const b0 = bOffset + j * ldb;
            for (let e = start; e < end; e++) sum += a[a0 + e * aDepth]! * b[b0 + e]!;
            sums[j] = sum;
          }
        } else {
          for (let e = start; e < end; e++) {
            const factor = a[a0 + e * aDepth]!;
            if (factor === 0) continue;
            const b0 = bOffset + e * ldb;
            for (let j = 0; j < columns; j++) sums[j]! += factor * b[b0 + j]!;
          }
        }
        const c0 = cOffset + slice * p.sliceStride + i * ldc;
        for (let j = 0; j < columns; j++) {
          c[c0 + j] = alpha * sums[j]! + (beta === 0 ? 0 : beta * c[c0 + j]!);
        }
      }
    }
  },
});
