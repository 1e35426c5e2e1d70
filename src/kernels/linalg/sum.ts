/**
 * The last stage of a reduction to one number.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/linalg/sum.gen.ts";

/** `out[at]` = the sum of the first `size` values. */
export const sum = /* @__PURE__ */ defineKernel({
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
