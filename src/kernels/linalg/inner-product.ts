/**
 * The first stage of the inner product of two tensors.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/linalg/inner-product.gen.ts";
import { THREADS } from "../grid.ts";

/** `out[g]` = share g of `sum_e a_e b_e`. */
export const innerProduct = /* @__PURE__ */ defineKernel({
  name: "inner-product",
  wgsl,
  bindings: { a: "read", b: "read", out: "write" },
  params: { size: "u32", groups: "u32" },
  constants: {},
  grid: ({ groups }) => [groups],
  cpu({ a, b, out }, { size, groups }) {
    for (let g = 0; g < groups; g++) out[g] = 0;
    for (let e = 0; e < size; e++) out[Math.floor(e / THREADS) % groups]! += a[e]! * b[e]!;
  },
});
