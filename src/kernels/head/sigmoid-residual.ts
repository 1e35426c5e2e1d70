/**
 * The binary cross-entropy of a linear head with several labels a sample, and its derivative by the
 * logits.
 *
 * @module
 */

import { defineKernel, linearGrid } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/head/sigmoid-residual.gen.ts";
import { binaryLoss } from "./binary-loss.ts";
import { RESIDUAL_ROWS } from "./softmax-residual.ts";

/**
 * Replaces logits `[rows, classes]` (without the bias, which is in `parameters`; rows `pitch`
 * apart) by `sigmoid(Z) - Y`. Each group of 64 rows writes its column sums of these and its sum of
 * losses, which are summed over the classes, to `partials` `[groups, classes + 1]`, from group
 * `firstGroup` on. The labels of row i are the bits of row `first + i` of `labels`
 * `[n, ceil(classes / 32)]`. The arguments are those of `softmaxResidual`.
 */
export const sigmoidResidual = /* @__PURE__ */ defineKernel({
  name: "sigmoid-residual",
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
    const words = Math.ceil(classes / 32);
    for (let i = 0; i < rows; i++) {
      const sums = (firstGroup + Math.floor(i / RESIDUAL_ROWS)) * width;
      if (i % RESIDUAL_ROWS === 0) { for (let k = 0; k < width; k++) partials[sums + k] = 0; }
      for (let k = 0; k < classes; k++) {
        const e = i * pitch + k;
        const word = labels[(first + i) * words + (k >>> 5)]!;
        const { loss, residual } = binaryLoss(
          logits[e]! + parameters[biasOffset + k]!,
          (word >>> (k & 31) & 1) === 1,
        );
        logits[e] = residual;
        partials[sums + k]! += residual;
        partials[sums + classes]! += loss;
      }
    }
  },
});
