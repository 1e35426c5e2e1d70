/**
 * The mean squared error of a batch and its derivative.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/head/squared-error.gen.ts";
import { rowGrid } from "../grid.ts";

/**
 * The loss of PyTorch's `MSELoss`, `scale / (rows width) sum (v - t)^2`. Values `[rows, width]`
 * become their derivatives; row i's share of the loss goes to `losses[lossOffset + i]`. Its
 * targets are row `order[first + i]` of `targets` `[n, width]`.
 */
export const squaredError = /* @__PURE__ */ defineKernel({
  name: "squared-error",
  wgsl,
  bindings: { order: "read", targets: "read", values: "write", losses: "write" },
  params: { rows: "u32", width: "u32", first: "u32", lossOffset: "u32", scale: "f32" },
  constants: {},
  grid: ({ rows }) => rowGrid(rows),
  cpu({ order, targets, values, losses }, { rows, width, first, lossOffset, scale }) {
    const factor = scale / (rows * width);
    for (let i = 0; i < rows; i++) {
      let loss = 0;
      for (let k = 0; k < width; k++) {
        const error = values[i * width + k]! - targets[order[first + i]! * width + k]!;
        loss += error * error;
        values[i * width + k] = 2 * factor * error;
      }
      losses[lossOffset + i] = factor * loss;
    }
  },
});
