/**
 * Adds the bias of a linear layer.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/head/add-bias.gen.ts";
import { elementGrid } from "../grid.ts";

/** `logits[i, k] += bias[k]`, logits `[rows, classes]`. */
export const addBias = /* @__PURE__ */ defineKernel({
  name: "add-bias",
  wgsl,
  bindings: { bias: "read", logits: "write" },
  params: { rows: "u32", classes: "u32" },
  constants: {},
  grid: ({ rows, classes }) => elementGrid(rows * classes),
  cpu({ bias, logits }, { rows, classes }) {
    for (let e = 0; e < rows * classes; e++) logits[e]! += bias[e % classes]!;
  },
});
