/**
 * Class probabilities from logits.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/pool/softmax-rows.gen.ts";
import { rowGrid } from "../grid.ts";

/**
 * Replaces logits `[rows, classes]` by probabilities: the softmax of each row, or, with
 * `independent` 1, the sigmoid of each logit.
 */
export const softmaxRows = /* @__PURE__ */ defineKernel({
  name: "softmax-rows",
  wgsl,
  bindings: { values: "write" },
  params: { rows: "u32", classes: "u32" },
  constants: { independent: 0 },
  grid: ({ rows }) => rowGrid(rows),
  cpu({ values }, { rows, classes }, { independent }) {
    if (independent) {
      for (let e = 0; e < rows * classes; e++) values[e] = 1 / (1 + Math.exp(-values[e]!));
      return;
    }
    for (let at = 0; at < rows * classes; at += classes) {
      let top = -Infinity;
      for (let k = 0; k < classes; k++) top = Math.max(top, values[at + k]!);
      let sum = 0;
      for (let k = 0; k < classes; k++) sum += values[at + k] = Math.exp(values[at + k]! - top);
      for (let k = 0; k < classes; k++) values[at + k]! /= sum;
    }
  },
});
