/**
 * The distance of samples to the mean of one class, relative to the means of others.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/strategies/mean-ratios.gen.ts";
import { elementGrid } from "../grid.ts";

/** The largest ratio, which replaces infinity. */
export const LARGEST = /* @__PURE__ */ Math.fround(3e38);

/**
 * `scores[base + i] = -|x_i - mu_0|^2 / max_(c > 0) |x_i - mu_c|^2` for the rows of X `[rows, d]`
 * and the means `[1 + others, d]`. A sample that equals its mean has score 0.
 */
export const meanRatios = /* @__PURE__ */ defineKernel({
  name: "mean-ratios",
  wgsl,
  bindings: { x: "read", means: "read", scores: "write" },
  params: { rows: "u32", base: "u32", d: "u32", others: "u32" },
  constants: { half: 0, lanes: 8 },
  grid: ({ rows }, { lanes }) => elementGrid(rows * lanes),
  cpu({ x, means, scores }, { rows, base, d, others }) {
    for (let i = 0; i < rows; i++) {
      let [near, far] = [0, 0];
      for (let c = 0; c <= others; c++) {
        let sum = 0;
        for (let f = 0; f < d; f++) sum += (x[i * d + f]! - means[c * d + f]!) ** 2;
        if (c === 0) near = sum;
        else far = Math.max(far, sum);
      }
      scores[base + i] = near === 0 ? 0 : far > 0 ? -Math.min(near / far, LARGEST) : -LARGEST;
    }
  },
});
