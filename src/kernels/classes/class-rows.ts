/**
 * The gathering of the samples of a class, weighted by their information.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/classes/class-rows.gen.ts";
import { elementGrid } from "../grid.ts";

/**
 * `out[j] = scales[first + j] x[samples[first + j] - base]` for those of `count` entries whose
 * samples are in this block of `rows` rows of `d` elements; other rows of `out` do not change.
 */
export const classRows = /* @__PURE__ */ defineKernel({
  name: "class-rows",
  wgsl,
  bindings: { samples: "read", scales: "read", x: "read", out: "write" },
  params: { first: "u32", count: "u32", base: "u32", rows: "u32", d: "u32" },
  constants: { half: 0 },
  grid: ({ count, d }) => elementGrid(count * d),
  cpu({ samples, scales, x, out }, { first, count, base, rows, d }) {
    for (let j = 0; j < count; j++) {
      const row = samples[first + j]! - base;
      if (row < 0 || row >= rows) continue;
      const scale = scales[first + j]!;
      for (let f = 0; f < d; f++) out[j * d + f] = scale * x[row * d + f]!;
    }
  },
});
