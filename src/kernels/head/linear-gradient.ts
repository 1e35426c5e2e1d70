/**
 * The gradient and the value of the objective of a linear head, from the products and sums of the
 * passes over the samples.
 *
 * @module
 */

import { defineKernel, linearGrid } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/head/linear-gradient.gen.ts";
import { THREADS } from "../grid.ts";

/** Returns the number of terms of the objective: those of the penalty, and the loss. */
export function objectiveTerms(classes: number, stride: number): number {
  return Math.ceil(classes * stride / THREADS) + 1;
}

/**
 * With parameters `[W | b]`, W `[classes, stride]`, products `X^T (P - Y)` `[stride, classes]` and
 * the partial sums of `softmax-residual`:
 * `gradient = [scale (P - Y)^T X + penalty W | scale sum (P - Y)]`, and `terms` whose sum is
 * `scale sum loss + penalty / 2 |W|^2`.
 */
export const linearGradient = /* @__PURE__ */ defineKernel({
  name: "linear-gradient",
  wgsl,
  bindings: {
    parameters: "read",
    products: "read",
    partials: "read",
    gradient: "write",
    terms: "write",
  },
  params: { classes: "u32", stride: "u32", groups: "u32", scale: "f32", penalty: "f32" },
  constants: {},
  grid: ({ classes, stride }) => linearGrid(Math.ceil(classes * stride / THREADS) + classes + 1),
  cpu({ parameters, products, partials, gradient, terms }, p) {
    const { classes, stride, groups, scale, penalty } = p;
    const size = classes * stride;
    const last = Math.ceil(size / THREADS);
    for (let g = 0; g < last; g++) terms[g] = 0;
    for (let e = 0; e < size; e++) {
      const [k, f] = [Math.floor(e / stride), e % stride];
      const weight = parameters[e]!;
      gradient[e] = scale * products[f * classes + k]! + penalty * weight;
      terms[Math.floor(e / THREADS)]! += 0.5 * penalty * weight * weight;
    }
    for (let k = 0; k <= classes; k++) {
      let sum = 0;
      for (let g = 0; g < groups; g++) sum += partials[g * (classes + 1) + k]!;
      if (k < classes) gradient[size + k] = scale * sum;
      else terms[last] = scale * sum;
    }
  },
});
