/**
 * The coverage of rows by selected samples: their similarity to the most similar one.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/geometry/cover-rows.gen.ts";
import { rowGrid } from "../grid.ts";
import { similarity } from "./similarity.ts";

/**
 * `covered[base + i] = max(covered[base + i], s(x_i, x_c) for c < count)` from `Y = X S^T`,
 * `[rows, width]`, and the squared norms of all samples; row c of S is sample `order[first + c]`.
 * `s = exp(-scale |x - y|^2)`, or if `ball` is 1: 1 if `|x - y|^2 < scale`, else 0.
 */
export const coverRows = /* @__PURE__ */ defineKernel({
  name: "cover-rows",
  wgsl,
  bindings: { y: "read", norms: "read", order: "read", covered: "write" },
  params: { rows: "u32", base: "u32", width: "u32", count: "u32", first: "u32", scale: "f32" },
  constants: { ball: 0 },
  grid: ({ rows }) => rowGrid(rows),
  cpu({ y, norms, order, covered }, { rows, base, width, count, first, scale }, { ball }) {
    for (let i = 0; i < rows; i++) {
      const row = base + i;
      for (let c = 0; c < count; c++) {
        const other = norms[order[first + c]!]!;
        const distance = Math.max(0, norms[row]! + other - 2 * y[i * width + c]!);
        covered[row] = Math.max(covered[row]!, similarity(distance, scale, ball));
      }
    }
  },
});
