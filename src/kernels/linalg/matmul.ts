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
    const sums = new Float64Array(n + 3);
    for (let start = 0, slice = 0; slice === 0 || start < k; start += kSlice, slice++) {
      const end = Math.min(k, start + kSlice);
      for (let i = 0; i < m; i++) {
        sums.fill(0);
        const columns = p.lower ? Math.min(n, i + 1) : n;
        const a0 = aOffset + i * aRow;
        if (transB) {
          // Four columns at a time: their sums do not wait for one another.
          for (let j = 0; j < columns; j += 4) {
            const b0 = bOffset + j * ldb;
            const b1 = j + 1 < columns ? b0 + ldb : b0;
            const b2 = j + 2 < columns ? b1 + ldb : b0;
            const b3 = j + 3 < columns ? b2 + ldb : b0;
            let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
            for (let e = start; e < end; e++) {
              const factor = a[a0 + e * aDepth]!;
              sum0 += factor * b[b0 + e]!;
              sum1 += factor * b[b1 + e]!;
              sum2 += factor * b[b2 + e]!;
              sum3 += factor * b[b3 + e]!;
            }
            // Beyond the last column are sums that are not read.
            sums[j] = sum0;
            sums[j + 1] = sum1;
            sums[j + 2] = sum2;
            sums[j + 3] = sum3;
          }
        } else {
          // Four rows at a time, added in their order: each sum is read and written once for them.
          let e = start;
          for (; e + 4 <= end; e += 4) {
            const f0 = a[a0 + e * aDepth]!;
            const f1 = a[a0 + (e + 1) * aDepth]!;
            const f2 = a[a0 + (e + 2) * aDepth]!;
            const f3 = a[a0 + (e + 3) * aDepth]!;
            if (f0 === 0 && f1 === 0 && f2 === 0 && f3 === 0) continue;
            const b0 = bOffset + e * ldb;
            const [b1, b2, b3] = [b0 + ldb, b0 + 2 * ldb, b0 + 3 * ldb];
            for (let j = 0; j < columns; j++) {
              sums[j] = sums[j]! + f0 * b[b0 + j]! + f1 * b[b1 + j]! + f2 * b[b2 + j]! +
                f3 * b[b3 + j]!;
            }
          }
          for (; e < end; e++) {
            const factor = a[a0 + e * aDepth]!;
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
