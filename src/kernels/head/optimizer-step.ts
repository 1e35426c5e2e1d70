/**
 * One step of any first-order optimizer.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/head/optimizer-step.gen.ts";
import { elementGrid } from "../grid.ts";

/**
 * The number that is added to the norm of a clipped gradient, as in PyTorch's `clip_grad_norm_`.
 */
export const CLIP_EPSILON = 1e-6;

/**
 * For each parameter t with gradient g and moments m (`first`) and v (`second`):
 *
 *     g *= min(1, clip / (sqrt(norm[0]) + 1e-6))     if clip > 0; norm[0] = |g|^2
 *     t *= shrink;  g += decay t                     of the first `decayed` parameters
 *     m = keepFirst m + gainFirst g;  v = keepSecond v + gainSecond g^2
 *     t -= rate (look m + fresh g) / (root sqrt(v) + epsilon)
 *
 * SGD with Nesterov momentum, Adam, AdamW and RAdam differ only in these scalars, which
 * `head/optimizers.ts` computes. `decay` is coupled and `shrink` decoupled weight decay; at most
 * one of them is used.
 */
export const optimizerStep = /* @__PURE__ */ defineKernel({
  name: "optimizer-step",
  wgsl,
  bindings: {
    gradient: "read",
    norm: "read",
    parameters: "write",
    first: "write",
    second: "write",
  },
  params: {
    size: "u32",
    decayed: "u32",
    clip: "f32",
    shrink: "f32",
    decay: "f32",
    keepFirst: "f32",
    gainFirst: "f32",
    keepSecond: "f32",
    gainSecond: "f32",
    look: "f32",
    fresh: "f32",
    rate: "f32",
    root: "f32",
    epsilon: "f32",
  },
  constants: {},
  grid: ({ size }) => elementGrid(size),
  cpu({ gradient, norm, parameters, first, second }, p) {
    const factor = p.clip > 0 ? Math.min(1, p.clip / (Math.sqrt(norm[0]!) + CLIP_EPSILON)) : 1;
    for (let e = 0; e < p.size; e++) {
      let g = factor * gradient[e]!;
      let t = parameters[e]!;
      if (e < p.decayed) {
        t *= p.shrink;
        g += p.decay * t;
      }
      const m = first[e] = p.keepFirst * first[e]! + p.gainFirst * g;
      const v = second[e] = p.keepSecond * second[e]! + p.gainSecond * g * g;
      parameters[e] = t - p.rate * (p.look * m + p.fresh * g) / (p.root * Math.sqrt(v) + p.epsilon);
    }
  },
});
