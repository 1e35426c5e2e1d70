/**
 * Distances between predictions.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/strategies/probability-distances.gen.ts";
import { rowGrid } from "../grid.ts";

/**
 * `state[base + i] = min(state[base + i], sum_k |p_ik - center_k|)`, probabilities
 * `[rows, classes]`.
 */
export const probabilityDistances = /* @__PURE__ */ defineKernel({
  name: "probability-distances",
  wgsl,
  bindings: { probabilities: "read", center: "read", state: "write" },
  params: { rows: "u32", base: "u32", classes: "u32" },
  constants: {},
  grid: ({ rows }) => rowGrid(rows),
  cpu({ probabilities, center, state }, { rows, base, classes }) {
    for (let i = 0; i < rows; i++) {
      let sum = 0;
      for (let k = 0; k < classes; k++) {
        sum += Math.abs(probabilities[i * classes + k]! - center[k]!);
      }
      state[base + i] = Math.min(state[base + i]!, sum);
    }
  },
});
