/**
 * The explicit matrix V of a few samples.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/bait/expand-factors.gen.ts";
import { elementGrid } from "../grid.ts";

/** `V[i r + j, k d + f] = w_j ([k = c_j] - p_k) x_i[f]` of `rows` samples from `first` on. */
export const expandFactors = /* @__PURE__ */ defineKernel({
  name: "expand-factors",
  wgsl,
  bindings: {
    x: "read",
    probabilities: "read",
    columns: "read",
    weights: "read",
    v: "write",
  },
  params: { first: "u32", rows: "u32", d: "u32", classes: "u32", rank: "u32", xOffset: "u32" },
  constants: { half: 0 },
  grid: ({ rows, d, classes, rank }) => elementGrid(rows * rank * classes * d),
  cpu(
    { x, probabilities, columns, weights, v },
    { first, rows, d, classes, rank, xOffset },
  ) {
    let at = 0;
    for (let i = first; i < first + rows; i++) {
      for (let j = i * rank; j < (i + 1) * rank; j++) {
        for (let k = 0; k < classes; k++) {
          const indicator = columns[j] === k ? 1 : 0;
          const factor = weights[j]! * (indicator - probabilities[i * classes + k]!);
          for (let f = 0; f < d; f++) v[at++] = factor * x[xOffset + i * d + f]!;
        }
      }
    }
  },
});
