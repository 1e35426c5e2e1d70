/**
 * Row softmax.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/pool/softmax-rows.gen.ts";
import { rowGrid } from "../grid.ts";

/** Replaces logits `[rows, classes]` by their softmax, the probabilities. */
export const softmaxRows = /* @__PURE__ */ defineKernel({
  name: "softmax-rows",
  wgsl,
  bindings: { values: "write" },
  params: { rows: "u32", classes: "u32" },
  constants: {},
  grid: ({ rows }) => rowGrid(rows),
  cpu({ values }, { rows, classes }) {
    for (let at = 0; at < rows * classes; at += classes) {
      let top = -Infinity;
      for (let k = 0; k < classes; k++) top = Math.max(top, values[at + k]!);
      let sum = 0;
      for (let k = 0; k < classes; k++) sum += values[at + k] = Math.exp(values[at + k]! - top);
      for (let k = 0; k < classes; k++) values[at + k]! /= sum;
    }
  },
});
