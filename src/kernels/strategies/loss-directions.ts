/**
 * The direction of the gradient of the predicted class's loss, in the space of the logits.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/strategies/loss-directions.gen.ts";
import { rowGrid } from "../grid.ts";
import { topClass } from "./top-class.ts";

/**
 * `Q[i, :]` is the softmax of the logits of all classes but the most probable one, and -1 for that
 * class; `[rows, classes]`. That is `P - onehot(arg-max)` divided by its largest entry, computed
 * without cancellation if P is nearly one-hot.
 */
export const lossDirections = /* @__PURE__ */ defineKernel({
  name: "loss-directions",
  wgsl,
  bindings: { logits: "read", q: "write" },
  params: { rows: "u32", classes: "u32" },
  constants: {},
  grid: ({ rows }) => rowGrid(rows),
  cpu({ logits, q }, { rows, classes }) {
    for (let i = 0; i < rows; i++) {
      const at = i * classes;
      const top = topClass(classes, (k) => logits[at + k]!);
      let highest = -Infinity;
      for (let k = 0; k < classes; k++) if (k !== top) highest = Math.max(highest, logits[at + k]!);
      let sum = 0;
      for (let k = 0; k < classes; k++) {
        if (k !== top) sum += q[at + k] = Math.exp(logits[at + k]! - highest);
      }
      for (let k = 0; k < classes; k++) q[at + k]! /= sum;
      q[at + top] = classes === 1 ? 0 : -1;
    }
  },
});
