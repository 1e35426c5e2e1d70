/**
 * The most probable classes of each row, and the weights of the Fisher factor's columns.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/bait/top-classes.gen.ts";
import { rowGrid } from "../grid.ts";

/** `columns` and `weights` `[rows, rank]`: the top classes, `scale sqrt(p_j / sum of those p)`. */
export const topClasses = /* @__PURE__ */ defineKernel({
  name: "top-classes",
  wgsl,
  bindings: { probabilities: "read", columns: "write", weights: "write" },
  params: { rows: "u32", classes: "u32", rank: "u32", scale: "f32" },
  constants: {},
  grid: ({ rows }) => rowGrid(rows),
  cpu({ probabilities, columns, weights }, { rows, classes, rank, scale }) {
    const order = Array.from({ length: classes }, (_, k) => k);
    for (let i = 0; i < rows; i++) {
      const p = (k: number) => probabilities[i * classes + k]!;
      order.sort((a, b) => p(b) - p(a) || a - b);
      let sum = 0;
      for (let j = 0; j < rank; j++) sum += p(order[j]!);
      for (let j = 0; j < rank; j++) {
        columns[i * rank + j] = order[j]!;
        weights[i * rank + j] = scale * Math.sqrt(Math.max(p(order[j]!), 0) / sum);
      }
    }
  },
});
