/**
 * The Fisher factor of BAIT Binary (Huseljic et al. 2024).
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/bait/binary-weights.gen.ts";
import { rowGrid } from "../grid.ts";

/** `w[first + i] = scale sqrt(m (1 - m))`, m the largest probability of row i. */
export const binaryWeights = /* @__PURE__ */ defineKernel({
  name: "binary-weights",
  wgsl,
  bindings: { probabilities: "read", weights: "write" },
  params: { rows: "u32", classes: "u32", scale: "f32", first: "u32" },
  constants: {},
  grid: ({ rows }) => rowGrid(rows),
  cpu({ probabilities, weights }, { rows, classes, scale, first }) {
    for (let i = 0; i < rows; i++) {
      let top = 0;
      for (let k = 0; k < classes; k++) top = Math.max(top, probabilities[i * classes + k]!);
      weights[first + i] = scale * Math.sqrt(Math.max(top * (1 - top), 0));
    }
  },
});
