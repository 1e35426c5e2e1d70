/**
 * The part of the diagonal of a sample's Fisher information that does not depend on its features.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/bait/information-diagonal.gen.ts";
import { elementGrid } from "../grid.ts";

/** `squares[i, k] = sum_j A_i[k, j]^2`, `[rows, classes]`; see `fisher/factors.ts` for A. */
export const informationDiagonal = /* @__PURE__ */ defineKernel({
  name: "information-diagonal",
  wgsl,
  bindings: { probabilities: "read", columns: "read", weights: "read", squares: "write" },
  params: { rows: "u32", classes: "u32", rank: "u32" },
  constants: {},
  grid: ({ rows, classes }) => elementGrid(rows * classes),
  cpu({ probabilities, columns, weights, squares }, { rows, classes, rank }) {
    for (let e = 0; e < rows * classes; e++) {
      const i = Math.floor(e / classes);
      squares[e] = 0;
      for (let j = i * rank; j < (i + 1) * rank; j++) {
        const indicator = columns[j] === e % classes ? 1 : 0;
        squares[e]! += (weights[j]! * (indicator - probabilities[e]!)) ** 2;
      }
    }
  },
});
