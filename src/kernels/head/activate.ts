/**
 * Bias, activation and dropout of a layer.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/head/activate.gen.ts";
import { elementGrid } from "../grid.ts";
import { counterHash } from "../../random/counter-hash.ts";
import { gelu } from "./erf.ts";

/** The activations as numbers, for the constants of the kernels. */
export const Activations = { none: 0, relu: 1, gelu: 2 } as const;

/** The name of an activation. */
export type Activation = keyof typeof Activations;

/**
 * `z[i, j] += bias[j]`, then `a[i, j] = keep act(z[i, j]) scale`, of `rows` rows of `width`
 * elements, `stride` apart. The bias starts at `biasOffset` of the parameters, `a` at `outOffset`.
 * A unit is kept where its hash (of `i width + j` and `key`) is `threshold` or more; threshold 0
 * keeps all.
 */
export const activate = /* @__PURE__ */ defineKernel({
  name: "activate",
  wgsl,
  bindings: { parameters: "read", z: "write", a: "write" },
  params: {
    rows: "u32",
    width: "u32",
    stride: "u32",
    biasOffset: "u32",
    outOffset: "u32",
    key: "u32",
    threshold: "u32",
    scale: "f32",
  },
  constants: { activation: 0 },
  grid: ({ rows, width }) => elementGrid(rows * width),
  cpu({ parameters, z, a }, p, { activation }) {
    const { rows, width, stride, biasOffset, outOffset, key, threshold, scale } = p;
    for (let e = 0; e < rows * width; e++) {
      const at = Math.floor(e / width) * stride + e % width;
      const value = z[at] = z[at]! + parameters[biasOffset + e % width]!;
      const active = activation === Activations.relu
        ? Math.max(value, 0)
        : activation === Activations.gelu
        ? gelu(value)
        : value;
      a[outOffset + at] = counterHash(e, key) >= threshold ? active * scale : 0;
    }
  },
});
