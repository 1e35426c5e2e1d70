/**
 * The product of the inverses of class blocks, in their dual form, with one vector each.
 *
 * @module
 */

import { defineKernel, linearGrid } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/classes/solve-classes.gen.ts";
import { TOUCH } from "./touched.ts";

/**
 * `out_j = scale M_k^-1 b_j` for each class k of a pick, with `M_k^-1 = (I - U_k^T U_k) / lambda`
 * for the dual rows U_k of its list, and `b_j` the sum of `slices` rows of `right` that start at
 * element `j rightStride`. `products` `[top, most]` is scratch.
 */
export const solveClasses = /* @__PURE__ */ defineKernel({
  name: "solve-classes",
  wgsl,
  bindings: {
    touched: "read",
    lists: "read",
    dual: "read",
    right: "read",
    products: "write",
    out: "write",
  },
  params: {
    top: "u32",
    d: "u32",
    slices: "u32",
    rightStride: "u32",
    most: "u32",
    scale: "f32",
    lambda: "f32",
  },
  constants: {},
  grid: ({ top }) => linearGrid(top),
  cpu({ touched, lists, dual, right, out }, p) {
    const { top, d, slices, rightStride, scale, lambda } = p;
    const b = new Float64Array(d);
    const v = new Float64Array(d);
    for (let j = 0; j < top; j++) {
      b.fill(0);
      for (let z = 0; z < slices; z++) {
        const at = j * rightStride + z * d;
        for (let f = 0; f < d; f++) b[f]! += right[at + f]!;
      }
      v.set(b);
      for (let r = touched[TOUCH * j + 4]!; r < touched[TOUCH * j + 5]!; r++) {
        const row = lists[r]! * d;
        let product = 0;
        for (let f = 0; f < d; f++) product += dual[row + f]! * b[f]!;
        for (let f = 0; f < d; f++) v[f]! -= product * dual[row + f]!;
      }
      for (let f = 0; f < d; f++) out[j * d + f] = scale / lambda * v[f]!;
    }
  },
});
