/**
 * Row softmax.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/pool/softmax-rows.gen.ts";
import { rowGrid } from "../grid.ts";

/** Probabilities `[rows, classes]` from logits of the same shape. */
export const softmaxRows = /* @__PURE__ */ defineKernel({
  name: "softmax-rows",
  wgsl,
  bindings: { logits: "read", probabilities: "write" },
  params: { rows: "u32", classes: "u32" },
  constants: {},
  grid: ({ rows }) => rowGrid(rows),
  cpu({ logits, probabilities }, { rows, classes }) {
    for (let at = 0; at < rows * classes; at += classes) {
      let top = -Infinity;
      for (let k = 0; k < classes; k++) top = Math.max(top, logits[at + k]!);
      let sum = 0;
      for (let k = 0; k < classes; k++) {
        sum += probabilities[at + k] = Math.exp(logits[at + k]! - top);
      }
      for (let k = 0; k < classes; k++) probabilities[at + k]! /= sum;
    }
  },
});
