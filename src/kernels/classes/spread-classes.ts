/**
 * The product of the information of class blocks with one vector each, by two passes over the
 * samples of the class.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/classes/spread-classes.gen.ts";
import { TOUCH } from "./touched.ts";

/**
 * For each class of a pick and each of its entries e, `y_e = s_e x_e . v_j` in `y` `[top, most]`,
 * and slices of `F_k v_j = sum_e y_e s_e x_e` in `parts` `[top, slices, d]`. A slice has
 * `sliceRows` entries; of these the ones count whose samples are in this block of `rows` rows, and
 * the block's slices start at `firstSlice`.
 */
export const spreadClasses = /* @__PURE__ */ defineKernel({
  name: "spread-classes",
  wgsl,
  bindings: {
    touched: "read",
    samples: "read",
    scales: "read",
    x: "read",
    v: "read",
    y: "write",
    parts: "write",
  },
  params: {
    top: "u32",
    d: "u32",
    base: "u32",
    rows: "u32",
    most: "u32",
    sliceRows: "u32",
    firstSlice: "u32",
    slices: "u32",
  },
  constants: { half: 0 },
  grid: ({ top, most, sliceRows }) => [Math.ceil(most / sliceRows), top],
  cpu({ touched, samples, scales, x, v, y, parts }, p) {
    const { top, d, base, rows, most, sliceRows, firstSlice, slices } = p;
    const sum = new Float64Array(d);
    for (let j = 0; j < top; j++) {
      const start = touched[TOUCH * j + 2]!;
      const count = touched[TOUCH * j + 3]! - start;
      const own = Float64Array.from({ length: d }, (_, f) => v[j * d + f]!);
      for (let z = 0; z * sliceRows < most; z++) {
        sum.fill(0);
        for (let r = z * sliceRows; r < Math.min(count, (z + 1) * sliceRows); r++) {
          const row = samples[start + r]! - base;
          if (row < 0 || row >= rows) continue;
          const at = row * d;
          let product = 0;
          for (let f = 0; f < d; f++) product += x[at + f]! * own[f]!;
          const scale = scales[start + r]!;
          y[j * most + r] = scale * product;
          const share = scale * scale * product;
          for (let f = 0; f < d; f++) sum[f]! += share * x[at + f]!;
        }
        const out = (j * slices + firstSlice + z) * d;
        for (let f = 0; f < d; f++) parts[out + f] = sum[f]!;
      }
    }
  },
});
