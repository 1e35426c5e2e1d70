/**
 * The row weights of one class block of the Fisher information.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/bait/pair-weights.gen.ts";
import { elementGrid } from "../grid.ts";

/** `out_i = (A_i A_i^T)[k, l]` for each of the rows. */
export const pairWeights = /* @__PURE__ */ defineKernel({
  name: "pair-weights",
  wgsl,
  bindings: { probabilities: "read", columns: "read", weights: "read", out: "write" },
  params: { rows: "u32", classes: "u32", rank: "u32", k: "u32", l: "u32" },
  constants: {},
  grid: ({ rows }) => elementGrid(rows),
  cpu({ probabilities, columns, weights, out }, { rows, classes, rank, k, l }) {
    for (let i = 0; i < rows; i++) {
      let total = 0;
      let qk = 0;
      let ql = 0;
      for (let j = 0; j < rank; j++) {
        const q = weights[i * rank + j]! ** 2;
        const column = columns[i * rank + j];
        total += q;
        if (column === k) qk += q;
        if (column === l) ql += q;
      }
      const pk = probabilities[i * classes + k]!;
      const pl = probabilities[i * classes + l]!;
      out[i] = pk * pl * total - qk * pl - pk * ql + (k === l ? qk : 0);
    }
  },
});
