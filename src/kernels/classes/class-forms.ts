/**
 * One of the two forms of the entries of a class, as dot products of rows.
 *
 * @module
 */

import { defineKernel, linearGrid } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/classes/class-forms.gen.ts";
import { GROUP_ROWS } from "./touched.ts";

/** `forms[first + i, part] = factor a_i . b_i`, rows of `width` elements; part 0 is G, 1 is H. */
export const classForms = /* @__PURE__ */ defineKernel({
  name: "class-forms",
  wgsl,
  bindings: { a: "read", b: "read", forms: "write" },
  params: { first: "u32", rows: "u32", width: "u32", part: "u32", factor: "f32" },
  constants: {},
  grid: ({ rows }) => linearGrid(Math.ceil(rows / GROUP_ROWS)),
  cpu({ a, b, forms }, { first, rows, width, part, factor }) {
    for (let i = 0; i < rows; i++) {
      let sum = 0;
      for (let e = i * width; e < (i + 1) * width; e++) sum += a[e]! * b[e]!;
      forms[2 * (first + i) + part] = factor * sum;
    }
  },
});
