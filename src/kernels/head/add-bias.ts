/**
 * The bias of a layer without an activation.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/head/add-bias.gen.ts";
import { elementGrid } from "../grid.ts";

/**
 * `z[offset + i width + j] += bias[j]` for `rows` rows of `width` elements. The biases start at
 * element `biasOffset` of the parameters.
 */
export const addBias = /* @__PURE__ */ defineKernel({
  name: "add-bias",
  wgsl,
  bindings: { parameters: "read", z: "write" },
  params: { rows: "u32", width: "u32", biasOffset: "u32", offset: "u32" },
  constants: {},
  grid: ({ rows, width }) => elementGrid(rows * width),
  cpu({ parameters, z }, { rows, width, biasOffset, offset }) {
    for (let e = 0; e < rows * width; e++) z[offset + e]! += parameters[biasOffset + e % width]!;
  },
});
