/**
 * The binary cross-entropy of a batch of samples with several labels each, and its derivative.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/head/binary-cross-entropy.gen.ts";
import { rowGrid } from "../grid.ts";
import { binaryLoss } from "./binary-loss.ts";

/**
 * The loss of PyTorch's `BCEWithLogitsLoss`,
 * `scale / (rows classes) sum -(y ln p + (1 - y) ln(1 - p))` with `p = sigmoid(z)`. Logits
 * `[rows, classes]` become their derivatives; row i's share of the loss goes to
 * `losses[lossOffset + i]`. Its labels are the bits of row `order[first + i]` of `labels`
 * `[n, ceil(classes / 32)]`.
 */
export const binaryCrossEntropy = /* @__PURE__ */ defineKernel({
  name: "binary-cross-entropy",
  wgsl,
  bindings: { order: "read", labels: "read", logits: "write", losses: "write" },
  params: { rows: "u32", classes: "u32", first: "u32", lossOffset: "u32", scale: "f32" },
  constants: {},
  grid: ({ rows }) => rowGrid(rows),
  cpu({ order, labels, logits, losses }, { rows, classes, first, lossOffset, scale }) {
    const factor = scale / (rows * classes);
    const words = Math.ceil(classes / 32);
    for (let i = 0; i < rows; i++) {
      let sum = 0;
      for (let k = 0; k < classes; k++) {
        const word = labels[order[first + i]! * words + (k >>> 5)]!;
        const labeled = (word >>> (k & 31) & 1) === 1;
        const { loss, residual } = binaryLoss(logits[i * classes + k]!, labeled);
        logits[i * classes + k] = factor * residual;
        sum += loss;
      }
      losses[lossOffset + i] = factor * sum;
    }
  },
});
