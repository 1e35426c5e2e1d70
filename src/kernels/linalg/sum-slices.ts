/**
 * The sum of the slices of a split-K matrix product.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/linalg/sum-slices.gen.ts";
import { elementGrid } from "../grid.ts";

/** `C = alpha sum_z S[z] + beta C`, S `[slices, m, n]`. */
export const sumSlices = /* @__PURE__ */ defineKernel({
  name: "sum-slices",
  wgsl,
  bindings: { s: "read", c: "write" },
  params: {
    m: "u32",
    n: "u32",
    slices: "u32",
    ldc: "u32",
    cOffset: "u32",
    alpha: "f32",
    beta: "f32",
  },
  constants: {},
  grid: ({ m, n }) => elementGrid(m * n),
  cpu({ s, c }, { m, n, slices, ldc, cOffset, alpha, beta }) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let z = 0; z < slices; z++) sum += s[(z * m + i) * n + j]!;
        const at = cOffset + i * ldc + j;
        c[at] = alpha * sum + (beta === 0 ? 0 : beta * c[at]!);
      }
    }
  },
});
