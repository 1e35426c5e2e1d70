/**
 * A multiple of the identity matrix.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/linalg/set-diagonal.gen.ts";
import { elementGrid } from "../grid.ts";

/** `M = s[0] I`, M `[D, D]`. */
export const setDiagonal = /* @__PURE__ */ defineKernel({
  name: "set-diagonal",
  wgsl,
  bindings: { s: "read", matrix: "write" },
  params: { D: "u32" },
  constants: {},
  grid: ({ D }) => elementGrid(D * D),
  cpu({ s, matrix }, { D }) {
    for (let e = 0; e < D * D; e++) matrix[e] = 0;
    for (let i = 0; i < D; i++) matrix[i * D + i] = s[0]!;
  },
});
