/**
 * `X^T B` for at most sixteen columns of B, such as the gradient of a linear head. Its sums over
 * the rows of X are split into slices, which `sum-slices` adds up.
 *
 * @module
 */

import { defineKernel, linearGrid } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/linalg/skinny-transposed.gen.ts";

/**
 * `S[z] = X_z^T B_z` over the z-th `slice` rows, X `[rows, k]` (k a multiple of 8), B
 * `[rows, columns <= 16]` with its rows `ldb` apart (a multiple of 4), S `[slices, k, columns]`.
 */
export const skinnyTransposed = /* @__PURE__ */ defineKernel({
  name: "skinny-transposed",
  wgsl,
  bindings: { x: "read", b: "read", s: "write" },
  params: {
    rows: "u32",
    k: "u32",
    ldb: "u32",
    xOffset: "u32",
    bOffset: "u32",
    slice: "u32",
    slices: "u32",
  },
  constants: { threads: 64, columns: 2, half: 0 },
  grid: ({ k, slices }, { threads }) => linearGrid(Math.ceil(k / 4 * slices / threads)),
  cpu({ x, b, s }, { rows, k, ldb, xOffset, bOffset, slice, slices }, { columns }) {
    for (let e = 0; e < slices * k * columns; e++) s[e] = 0;
    for (let i = 0; i < rows; i++) {
      const s0 = Math.floor(i / slice) * k * columns;
      const x0 = xOffset + i * k;
      const b0 = bOffset + i * ldb;
      for (let f = 0; f < k; f++) {
        const factor = x[x0 + f]!;
        if (factor === 0) continue;
        const at = s0 + f * columns;
        for (let c = 0; c < columns; c++) s[at + c]! += factor * b[b0 + c]!;
      }
    }
  },
});
