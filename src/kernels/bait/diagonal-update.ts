/**
 * The update of a diagonal information matrix by one sample.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/bait/diagonal-update.gen.ts";
import { elementGrid } from "../grid.ts";
import { LEAST_SHARE } from "./diagonal.ts";

/** `M_fk += sigma x_f^2 a_k` for one sample, `[d, classes]`. */
export const diagonalUpdate = /* @__PURE__ */ defineKernel({
  name: "diagonal-update",
  wgsl,
  bindings: { x: "read", squares: "read", matrix: "write" },
  params: { d: "u32", classes: "u32", sigma: "f32" },
  constants: {},
  grid: ({ d, classes }) => elementGrid(d * classes),
  cpu({ x, squares, matrix }, { d, classes, sigma }) {
    for (let e = 0; e < d * classes; e++) {
      const after = matrix[e]! + sigma * x[Math.floor(e / classes)]! ** 2 * squares[e % classes]!;
      matrix[e] = Math.max(after, LEAST_SHARE * matrix[e]!);
    }
  },
});
