/**
 * The last stage of a reduction to one number.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { sum as wgsl } from "../../shaders.gen.ts";

/** `out[at]` = the sum of the first `size` values. */
export const sum = defineKernel({
  name: "sum",
  wgsl,
  bindings: { values: "read", out: "write" },
  params: { size: "u32", at: "u32" },
  constants: {},
  grid: () => [1],
  cpu({ values, out }, { size, at }) {
    let total = 0;
    for (let e = 0; e < size; e++) total += values[e]!;
    out[at] = total;
  },
});
