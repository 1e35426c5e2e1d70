/**
 * The gains in coverage by one more sample.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/geometry/coverage-gains.gen.ts";
import { similarity } from "./similarity.ts";

/** The number of rows whose gains are one entry of the partial sums. */
export const COVERAGE_CHUNK = 256;

/** The number of samples whose gains one workgroup computes. */
export const COVERAGE_COLUMNS = 64;

/**
 * `partials[g, c] = sum_i weights[i] max(s(x_i, x_c) - covered[i], 0)` over the rows i of chunk g,
 * `[chunks, width]`: the gain by sample c. Chunks are 256 rows long; see `cover-rows.ts` for
 * the other names.
 */
export const coverageGains = /* @__PURE__ */ defineKernel({
  name: "coverage-gains",
  wgsl,
  bindings: {
    y: "read",
    norms: "read",
    order: "read",
    covered: "read",
    weights: "read",
    partials: "write",
  },
  params: { rows: "u32", base: "u32", width: "u32", first: "u32", scale: "f32" },
  constants: { ball: 0 },
  grid: (
    { rows, width },
  ) => [Math.ceil(rows / COVERAGE_CHUNK), Math.ceil(width / COVERAGE_COLUMNS)],
  cpu(tensors, { rows, base, width, first, scale }, { ball }) {
    const { y, norms, order, covered, weights, partials } = tensors;
    for (let start = 0, g = 0; start < rows; start += COVERAGE_CHUNK, g++) {
      for (let c = 0; c < width; c++) partials[g * width + c] = 0;
      for (let i = start; i < Math.min(rows, start + COVERAGE_CHUNK); i++) {
        const row = base + i;
        if (weights[row] === 0) continue;
        for (let c = 0; c < width; c++) {
          const other = norms[order[first + c]!]!;
          const distance = Math.max(0, norms[row]! + other - 2 * y[i * width + c]!);
          const more = similarity(distance, scale, ball) - covered[row]!;
          if (more > 0) partials[g * width + c]! += weights[row]! * more;
        }
      }
    }
  },
});
