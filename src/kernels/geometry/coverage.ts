/**
 * How well some samples cover the others, and what another one would add.
 *
 * @module
 */

import { defineKernel, linearGrid } from "../../device/kernel.ts";
import {
  coverageGains as coverageGainsWgsl,
  coverRows as coverRowsWgsl,
} from "../../shaders.gen.ts";

/** Rows whose gains one entry of the partial sums of {@linkcode coverageGains} adds up. */
export const COVERAGE_CHUNK = 256;

/** `exp(-scale d)` of a squared distance, or with `ball` whether it is below `scale`. */
function similarity(distance: number, scale: number, ball: number): number {
  if (ball === 1) return distance < scale ? 1 : 0;
  return Math.exp(-scale * distance);
}

/**
 * `covered[base + i] = max(covered[base + i], s(x_i, x_c) for c < count)` from `Y = X S^T`, `[rows, width]`, and the
 * squared norms of all samples; sample c of S is `order[first + c]`. `s = exp(-scale |x - y|^2)`, or with `ball` 1
 * where `|x - y|^2 < scale` and 0 elsewhere.
 */
export const coverRows = defineKernel({
  name: "cover-rows",
  wgsl: coverRowsWgsl,
  bindings: { y: "read", norms: "read", order: "read", covered: "write" },
  params: { rows: "u32", base: "u32", width: "u32", count: "u32", first: "u32", scale: "f32" },
  constants: { ball: 0 },
  grid: ({ rows }) => linearGrid(Math.ceil(rows / 64)),
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

/**
 * `partials[g, c] = sum_i weights[i] max(s(x_i, x_c) - covered[i], 0)` over the rows i of chunk g, `[chunks, width]`:
 * what sample c would add. Chunks are 256 rows long; see {@linkcode coverRows} for the rest.
 */
export const coverageGains = defineKernel({
  name: "coverage-gains",
  wgsl: coverageGainsWgsl,
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
  grid: ({ rows, width }) => [Math.ceil(rows / COVERAGE_CHUNK), Math.ceil(width / 64)],
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
