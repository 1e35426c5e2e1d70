/**
 * The backward pass of activation and dropout.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/head/activation-slope.gen.ts";
import { elementGrid } from "../grid.ts";
import { Activations } from "./activate.ts";
import { counterHash } from "../../random/counter-hash.ts";
import { geluSlope } from "./erf.ts";

/**
 * `g[i, j] *= keep act'(z[i, j]) scale`: from the derivative by the result of `activate` to that by
 * z. The arguments are those of `activate`. The slope of ReLU at 0 is 0, as in PyTorch.
 */
export const activationSlope = /* @__PURE__ */ defineKernel({
  name: "activation-slope",
  wgsl,
  bindings: { z: "read", g: "write" },
  params: {
    rows: "u32",
    width: "u32",
    stride: "u32",
    key: "u32",
    threshold: "u32",
    scale: "f32",
  },
  constants: { activation: 0 },
  grid: ({ rows, width }) => elementGrid(rows * width),
  cpu({ z, g }, { rows, width, stride, key, threshold, scale }, { activation }) {
    for (let e = 0; e < rows * width; e++) {
      const at = Math.floor(e / width) * stride + e % width;
      const slope = activation === Activations.relu
        ? Number(z[at]! > 0)
        : activation === Activations.gelu
        ? geluSlope(z[at]!)
        : 1;
      g[at] = counterHash(e, key) >= threshold ? g[at]! * slope * scale : 0;
    }
  },
});
