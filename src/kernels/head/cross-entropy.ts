/**
 * The cross-entropy of a batch, with class weights and label smoothing, and its derivative.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/head/cross-entropy.gen.ts";
import { rowGrid } from "../grid.ts";
import { LARGEST_LOGIT } from "./largest-logit.ts";

/**
 * The loss of PyTorch's `CrossEntropyLoss(weight, label_smoothing)`: with y the label, w the class
 * weights, e the smoothing and W the sum of `w_y` over the batch,
 * `scale / W sum_i [(1 - e) w_y (-ln p_y) + e / K sum_k w_k (-ln p_k)]`.
 *
 * Logits `[rows, classes]` become their derivatives; row i's share of the loss goes to
 * `losses[lossOffset + i]`. Its label is `labels[order[first + i]]`. `weightSum` is the sum of the
 * class weights `[classes]`, all positive.
 */
export const crossEntropy = /* @__PURE__ */ defineKernel({
  name: "cross-entropy",
  wgsl,
  bindings: { order: "read", labels: "read", weights: "read", logits: "write", losses: "write" },
  params: {
    rows: "u32",
    classes: "u32",
    first: "u32",
    lossOffset: "u32",
    smoothing: "f32",
    weightSum: "f32",
    scale: "f32",
  },
  constants: {},
  grid: ({ rows }) => rowGrid(rows),
  cpu({ order, labels, weights, logits, losses }, p) {
    const { rows, classes, first, lossOffset, smoothing, weightSum, scale } = p;
    let total = 0;
    for (let i = 0; i < rows; i++) total += weights[labels[order[first + i]!]!]!;
    const spread = smoothing / classes;
    for (let i = 0; i < rows; i++) {
      const at = i * classes;
      const label = labels[order[first + i]!]!;
      const own = (1 - smoothing) * weights[label]!;
      let highest = -LARGEST_LOGIT;
      for (let k = 0; k < classes; k++) {
        logits[at + k] = Math.min(Math.max(logits[at + k]!, -LARGEST_LOGIT), LARGEST_LOGIT);
        highest = Math.max(highest, logits[at + k]!);
      }
      let sum = 0;
      let others = 0;
      for (let k = 0; k < classes; k++) {
        const value = Math.exp(logits[at + k]! - highest);
        sum += value;
        if (k !== label) others += value;
      }
      const logSum = highest + Math.log(sum);
      let loss = own * (logSum - logits[at + label]!);
      for (let k = 0; k < classes; k++) {
        const z = logits[at + k]!;
        const p = Math.exp(z - highest) / sum;
        // p - 1 as the sum of the others, without cancellation if p is nearly 1.
        const wrong = k === label ? -others / sum : p;
        loss += spread * weights[k]! * (logSum - z);
        logits[at + k] = scale / total * (own * wrong + spread * (p * weightSum - weights[k]!));
      }
      losses[lossOffset + i] = scale / total * loss;
    }
  },
});
