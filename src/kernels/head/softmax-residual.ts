/**
 * The cross-entropy of a linear head and its derivative by the logits.
 *
 * @module
 */

import { defineKernel, linearGrid } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/head/softmax-residual.gen.ts";
import { LARGEST_LOGIT } from "./largest-logit.ts";

/** The number of rows of a workgroup. */
export const RESIDUAL_ROWS = 64;

/**
 * Replaces logits `[rows, classes]` (without the bias, which is in `parameters`; rows `pitch`
 * apart) by `P - Y`. Each group of 64 rows writes its column sums of `P - Y` and its sum of losses
 * to `partials` `[groups, classes + 1]`, from group `firstGroup` on. The label of row i is
 * `labels[first + i]`.
 */
export const softmaxResidual = /* @__PURE__ */ defineKernel({
  name: "softmax-residual",
  wgsl,
  bindings: { labels: "read", parameters: "read", logits: "write", partials: "write" },
  params: {
    rows: "u32",
    classes: "u32",
    pitch: "u32",
    biasOffset: "u32",
    first: "u32",
    firstGroup: "u32",
  },
  constants: {},
  grid: ({ rows }) => linearGrid(Math.ceil(rows / RESIDUAL_ROWS)),
  cpu({ labels, parameters, logits, partials }, p) {
    const { rows, classes, pitch, biasOffset, first, firstGroup } = p;
    const width = classes + 1;
    for (let i = 0; i < rows; i++) {
      const at = i * pitch;
      const sums = (firstGroup + Math.floor(i / RESIDUAL_ROWS)) * width;
      if (i % RESIDUAL_ROWS === 0) { for (let k = 0; k < width; k++) partials[sums + k] = 0; }
      const label = labels[first + i]!;
      let top = 0;
      for (let k = 0; k < classes; k++) {
        const value = logits[at + k]! + parameters[biasOffset + k]!;
        logits[at + k] = Math.min(Math.max(value, -LARGEST_LOGIT), LARGEST_LOGIT);
        if (logits[at + k]! > logits[at + top]!) top = k;
      }
      const highest = logits[at + top]!;
      const short = highest - logits[at + label]!;
      let rest = 0;
      for (let k = 0; k < classes; k++) {
        const value = Math.exp(logits[at + k]! - highest);
        if (k !== top) rest += value;
        logits[at + k] = value;
      }
      // p - 1 as the sum of the others, without cancellation if p is nearly 1.
      let others = 0;
      for (let k = 0; k < classes; k++) if (k !== label) others += logits[at + k]!;
      logits[at + label] = -others;
      for (let k = 0; k < classes; k++) {
        logits[at + k]! /= 1 + rest;
        partials[sums + k]! += logits[at + k]!;
      }
      partials[sums + classes]! += short + Math.log1p(rest);
    }
  },
});
