/**
 * The normalization of rows of features to length 1, in place.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/pool/normalize-rows.gen.ts";
import { rowGrid } from "../grid.ts";

/** `x_i /= |x_i|`; rows of zeros stay zero. X `[rows, d]`, d a multiple of 8. */
export const normalizeRows = /* @__PURE__ */ defineKernel({
  name: "normalize-rows",
  wgsl,
  bindings: { x: "write" },
  params: { rows: "u32", d: "u32" },
  constants: { half: 0 },
  grid: ({ rows }) => rowGrid(rows),
  cpu({ x }, { rows, d }) {
    for (let at = 0; at < rows * d; at += d) {
      let sum = 0;
      for (let f = 0; f < d; f++) sum += x[at + f]! ** 2;
      if (sum === 0) continue;
      const length = Math.sqrt(sum);
      for (let f = 0; f < d; f++) x[at + f]! /= length;
    }
  },
});
