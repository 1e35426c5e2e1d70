/**
 * The form G of samples of rank 1 where M is a ridge and the information of a few samples.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/bait/ridge-forms.gen.ts";
import { elementGrid } from "../grid.ts";
import { PICKED } from "./pick.ts";

/**
 * `G_i = w_i^2 (|x_i|^2 - scale |y_i|^2) / lambda` for the samples from `first` on, whose rows X
 * `[rows, d]` and Y `[rows, width]` are.
 */
export const ridgeForms = /* @__PURE__ */ defineKernel({
  name: "ridge-forms",
  wgsl,
  bindings: {
    x: "read",
    y: "read",
    weights: "read",
    scores: "read",
    lambda: "read",
    forms: "write",
  },
  params: {
    rows: "u32",
    d: "u32",
    width: "u32",
    xOffset: "u32",
    first: "u32",
    base: "u32",
    scale: "f32",
  },
  constants: { half: 0, lanes: 8 },
  grid: ({ rows }, { lanes }) => elementGrid(rows * lanes),
  cpu(t, { rows, d, width, xOffset, first, base, scale }) {
    for (let row = 0; row < rows; row++) {
      const i = first + row;
      if (t.scores[base + i]! <= PICKED) continue;
      let sum = 0;
      for (let f = 0; f < d; f++) sum += t.x[xOffset + row * d + f]! ** 2;
      for (let c = 0; c < width; c++) sum -= scale * t.y[row * width + c]! ** 2;
      t.forms[2 * i] = t.weights[i]! ** 2 * sum / t.lambda[0]!;
    }
  },
});
