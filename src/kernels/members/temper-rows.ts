/**
 * Temperature scaling of probabilities.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/members/temper-rows.gen.ts";
import { rowGrid } from "../grid.ts";

/**
 * `P[i, k] = P[i, k]^power / sum_l P[i, l]^power` in place, P `[rows, classes]`: the softmax of
 * the logits divided by a temperature, which is 1 / power. With `independent` 1, the sum is that of
 * `P[i, k]^power` and `(1 - P[i, k])^power`.
 */
export const temperRows = /* @__PURE__ */ defineKernel({
  name: "temper-rows",
  wgsl,
  bindings: { probabilities: "write" },
  params: { rows: "u32", classes: "u32", power: "f32" },
  constants: { independent: 0 },
  grid: ({ rows }) => rowGrid(rows),
  cpu({ probabilities }, { rows, classes, power }, { independent }) {
    if (independent) {
      for (let e = 0; e < rows * classes; e++) {
        const p = probabilities[e]!;
        const top = Math.max(p, 1 - p);
        const own = (p / top) ** power;
        probabilities[e] = own / (own + ((1 - p) / top) ** power);
      }
      return;
    }
    for (let at = 0; at < rows * classes; at += classes) {
      let top = 0;
      for (let k = 0; k < classes; k++) top = Math.max(top, probabilities[at + k]!);
      let sum = 0;
      for (let k = 0; k < classes; k++) {
        sum += probabilities[at + k] = (probabilities[at + k]! / top) ** power;
      }
      for (let k = 0; k < classes; k++) probabilities[at + k]! /= sum;
    }
  },
});
