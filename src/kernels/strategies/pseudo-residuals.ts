/**
 * The derivative of the predicted class's log-likelihood by the logits.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/strategies/pseudo-residuals.gen.ts";
import { rowGrid } from "../grid.ts";
import { topClass } from "./top-class.ts";

/**
 * Replaces P `[rows, classes]` by `Q = onehot(arg-max) - P`; of equal probabilities the lowest
 * class is the arg-max.
 */
export const pseudoResiduals = /* @__PURE__ */ defineKernel({
  name: "pseudo-residuals",
  wgsl,
  bindings: { probabilities: "write" },
  params: { rows: "u32", classes: "u32" },
  constants: {},
  grid: ({ rows }) => rowGrid(rows),
  cpu({ probabilities }, { rows, classes }) {
    for (let i = 0; i < rows; i++) {
      const at = i * classes;
      const top = topClass(classes, (k) => probabilities[at + k]!);
      let others = 0;
      for (let k = 0; k < classes; k++) {
        if (k === top) continue;
        others += probabilities[at + k]!;
        probabilities[at + k] = -probabilities[at + k]!;
      }
      probabilities[at + top] = others;
    }
  },
});
