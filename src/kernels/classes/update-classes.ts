/**
 * The forms of the samples that share a class with a pick.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/classes/update-classes.gen.ts";
import { GROUP_ROWS, TOUCH } from "./touched.ts";

/**
 * `G_e -= a^2` and `H_e -= 2 a s_e x_e . Z_j` with `a = w_j y_e` for the entries e of each class of
 * a pick whose samples are in this block; see `spread-classes` and `join-classes`.
 */
export const updateClasses = /* @__PURE__ */ defineKernel({
  name: "update-classes",
  wgsl,
  bindings: {
    touched: "read",
    samples: "read",
    scales: "read",
    x: "read",
    z: "read",
    y: "read",
    state: "read",
    forms: "write",
  },
  params: { top: "u32", d: "u32", base: "u32", rows: "u32", most: "u32" },
  constants: { half: 0 },
  grid: ({ top, most }) => [Math.ceil(most / GROUP_ROWS), top],
  cpu({ touched, samples, scales, x, z, y, state, forms }, { top, d, base, rows, most }) {
    for (let j = 0; j < top; j++) {
      const start = touched[TOUCH * j + 2]!;
      const own = Float64Array.from({ length: d }, (_, f) => z[j * d + f]!);
      for (let e = start; e < touched[TOUCH * j + 3]!; e++) {
        const row = samples[e]! - base;
        if (row < 0 || row >= rows) continue;
        let product = 0;
        for (let f = 0; f < d; f++) product += x[row * d + f]! * own[f]!;
        const a = state[2 * j + 1]! * y[j * most + e - start]!;
        forms[2 * e]! -= a * a;
        forms[2 * e + 1]! -= 2 * a * scales[e]! * product;
      }
    }
  },
});
