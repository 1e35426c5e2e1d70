/**
 * The inner products among the rows that belong to one sample.
 *
 * @module
 */

import { defineKernel, linearGrid } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/bait/pair-dots.gen.ts";

/** `forms[first + i, part] = T_i U_i^T`, packed lower triangles; T and U `[rows * rank, D]`. */
export const pairDots = /* @__PURE__ */ defineKernel({
  name: "pair-dots",
  wgsl,
  bindings: { t: "read", u: "read", forms: "write" },
  params: { first: "u32", rows: "u32", D: "u32", rank: "u32", part: "u32" },
  constants: {},
  grid: ({ rows, rank }) => linearGrid(rows * rank * (rank + 1) / 2),
  cpu({ t, u, forms }, { first, rows, D, rank, part }) {
    let at = 0;
    const triangle = rank * (rank + 1) / 2;
    for (let i = 0; i < rows; i++) {
      at = ((first + i) * 2 + part) * triangle;
      for (let j = 0; j < rank; j++) {
        for (let k = 0; k <= j; k++) {
          let sum = 0;
          for (let f = 0; f < D; f++) {
            sum += t[(i * rank + j) * D + f]! * u[(i * rank + k) * D + f]!;
          }
          forms[at++] = sum;
        }
      }
    }
  },
});
