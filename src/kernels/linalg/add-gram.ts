/**
 * Adds a Gram matrix to one pair of class blocks of a symmetric matrix.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/linalg/add-gram.gen.ts";
import { tileGrid } from "../grid.ts";

/** `M[(k,i),(l,j)] += scale sum_z S[z][i,j]`, and its mirror images. S `[slices, d, d]`, lower. */
export const addGram = /* @__PURE__ */ defineKernel({
  name: "add-gram",
  wgsl,
  bindings: { s: "read", matrix: "write" },
  params: { d: "u32", D: "u32", slices: "u32", k: "u32", l: "u32", scale: "f32" },
  constants: {},
  grid: ({ d }) => tileGrid(d),
  cpu({ s, matrix }, { d, D, slices, k, l, scale }) {
    for (let i = 0; i < d; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = 0;
        for (let z = 0; z < slices; z++) sum += s[(z * d + i) * d + j]!;
        const [ki, kj, li, lj] = [k * d + i, k * d + j, l * d + i, l * d + j];
        const value = matrix[ki * D + lj]! + scale * sum;
        matrix[ki * D + lj] = value;
        matrix[lj * D + ki] = value;
        matrix[kj * D + li] = value;
        matrix[li * D + kj] = value;
      }
    }
  },
});
