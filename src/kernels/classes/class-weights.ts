/**
 * The most probable classes of each row, with the variances of their indicators.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/classes/class-weights.gen.ts";
import { rowGrid } from "../grid.ts";

/**
 * `columns` and `weights` `[rows, top]`: the `top` most probable classes and `p (1 - p)` of each.
 * If `top` is the number of classes, they are in their own order.
 */
export const classWeights = /* @__PURE__ */ defineKernel({
  name: "class-weights",
  wgsl,
  bindings: { probabilities: "read", columns: "write", weights: "write" },
  params: { rows: "u32", classes: "u32", top: "u32" },
  constants: {},
  grid: ({ rows }) => rowGrid(rows),
  cpu({ probabilities, columns, weights }, { rows, classes, top }) {
    const best = new Float64Array(top);
    const order = new Uint32Array(top);
    for (let i = 0; i < rows; i++) {
      let kept = 0;
      for (let k = 0; k < classes; k++) {
        const p = probabilities[i * classes + k]!;
        if (top === classes) {
          best[k] = p;
          order[k] = k;
          continue;
        }
        if (kept === top && !(p > best[top - 1]!)) continue;
        let at = kept < top ? kept++ : top - 1;
        for (; at > 0 && p > best[at - 1]!; at--) {
          best[at] = best[at - 1]!;
          order[at] = order[at - 1]!;
        }
        best[at] = p;
        order[at] = k;
      }
      for (let j = 0; j < top; j++) {
        columns[i * top + j] = order[j]!;
        weights[i * top + j] = Math.max(best[j]! * (1 - best[j]!), 0);
      }
    }
  },
});
