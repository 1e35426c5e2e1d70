/**
 * The dot products of each sample with the class blocks of its row of `Y = X B_k`.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/bait/row-dots.gen.ts";
import { elementGrid } from "../grid.ts";

/** `Q[i, k, l] = Q[i, l, k] = sum_f Y[i, l d + f] X[i, f]` for l <= k; Y is `[rows, (k + 1) d]`. */
export const rowDots = /* @__PURE__ */ defineKernel({
  name: "row-dots",
  wgsl,
  bindings: { x: "read", y: "read", q: "write" },
  params: { rows: "u32", d: "u32", classes: "u32", k: "u32", xOffset: "u32" },
  constants: { half: 0, lanes: 8 },
  grid: ({ rows, k }, { lanes }) => elementGrid(rows * (k + 1) * lanes),
  cpu({ x, y, q }, { rows, d, classes, k, xOffset }) {
    for (let i = 0; i < rows; i++) {
      for (let l = 0; l <= k; l++) {
        let sum = 0;
        const y0 = (i * (k + 1) + l) * d;
        for (let f = 0; f < d; f++) sum += y[y0 + f]! * x[xOffset + i * d + f]!;
        q[(i * classes + k) * classes + l] = sum;
        q[(i * classes + l) * classes + k] = sum;
      }
    }
  },
});
