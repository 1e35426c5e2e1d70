/**
 * The scores of BAIT with diagonal information matrices.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/bait/diagonal-scores.gen.ts";
import { elementGrid } from "../grid.ts";
import { LEAST_SHARE } from "./diagonal.ts";

/**
 * `scores[base + i] = sigma sum_fk F_fk v / (M_fk (M_fk + sigma v))` with `v = x_f^2 a_ik`: by how
 * much `sum F / M` falls with the sample (sigma 1), or minus by how much it rises without it
 * (sigma -1).
 */
export const diagonalScores = /* @__PURE__ */ defineKernel({
  name: "diagonal-scores",
  wgsl,
  bindings: { x: "read", squares: "read", information: "read", matrix: "read", scores: "write" },
  params: {
    rows: "u32",
    base: "u32",
    d: "u32",
    classes: "u32",
    xOffset: "u32",
    sigma: "f32",
  },
  constants: { half: 0, lanes: 8 },
  grid: ({ rows }, { lanes }) => elementGrid(rows * lanes),
  cpu({ x, squares, information, matrix, scores }, { rows, base, d, classes, xOffset, sigma }) {
    for (let i = 0; i < rows; i++) {
      let sum = 0;
      for (let f = 0; f < d; f++) {
        const square = x[xOffset + i * d + f]! ** 2;
        for (let k = 0; k < classes; k++) {
          const v = square * squares[i * classes + k]!;
          const m = matrix[f * classes + k]!;
          const after = Math.max(m + sigma * v, LEAST_SHARE * m);
          sum += (information[f * classes + k]! / m) * (v / after);
        }
      }
      scores[base + i] = sigma * sum;
    }
  },
});
