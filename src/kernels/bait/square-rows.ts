/**
 * The squares of features.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/bait/square-rows.gen.ts";
import { elementGrid } from "../grid.ts";

/** `out = x^2`, element by element, from element `offset` of x on. */
export const squareRows = /* @__PURE__ */ defineKernel({
  name: "square-rows",
  wgsl,
  bindings: { x: "read", out: "write" },
  params: { size: "u32", offset: "u32" },
  constants: { half: 0 },
  grid: ({ size }) => elementGrid(size),
  cpu({ x, out }, { size, offset }) {
    for (let e = 0; e < size; e++) out[e] = x[offset + e]! ** 2;
  },
});
