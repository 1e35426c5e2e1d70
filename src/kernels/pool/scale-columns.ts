/**
 * The scaling of the columns of features, in place.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/pool/scale-columns.gen.ts";
import { elementGrid } from "../grid.ts";

/** `x[i, f] = (x[i, f] - shift[f]) factor[f]`, X `[rows, d]` with even d. */
export const scaleColumns = /* @__PURE__ */ defineKernel({
  name: "scale-columns",
  wgsl,
  bindings: { x: "write", shift: "read", factor: "read" },
  params: { rows: "u32", d: "u32" },
  constants: { half: 0 },
  grid: ({ rows, d }, { half }) => elementGrid(half ? rows * d / 2 : rows * d),
  cpu({ x, shift, factor }, { rows, d }) {
    for (let i = 0; i < rows; i++) {
      for (let f = 0; f < d; f++) x[i * d + f] = (x[i * d + f]! - shift[f]!) * factor[f]!;
    }
  },
});
