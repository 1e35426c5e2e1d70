/**
 * The contrast of a sample: how much its prediction differs from those of its neighbors.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/strategies/neighbor-contrast.gen.ts";
import { rowGrid } from "../grid.ts";

/** The largest number of neighbors of {@linkcode neighborContrast}. */
export const MOST_LABELED_NEIGHBORS = 16;

/** The smallest normal float32 number, whose logarithm replaces that of 0. */
export const LEAST_NORMAL = 1.17549435e-38;

/**
 * `scores[base + i] = mean KL(q_j || p_i)` over the `neighbors` labeled samples j, at most 16 (or
 * all, where there are fewer), with the largest `y[i, j]`; Y `[rows, labeled]`, P
 * `[rows, classes]`, Q `[labeled, classes]`.
 */
export const neighborContrast = /* @__PURE__ */ defineKernel({
  name: "neighbor-contrast",
  wgsl,
  bindings: { y: "read", p: "read", q: "read", scores: "write" },
  params: { rows: "u32", base: "u32", labeled: "u32", classes: "u32", neighbors: "u32" },
  constants: {},
  grid: ({ rows }) => rowGrid(rows),
  cpu({ y, p, q, scores }, { rows, base, labeled, classes, neighbors }) {
    const order = Array.from({ length: labeled }, (_, j) => j);
    for (let i = 0; i < rows; i++) {
      const nearest = order
        .toSorted((a, b) => y[i * labeled + b]! - y[i * labeled + a]! || a - b)
        .slice(0, neighbors);
      let sum = 0;
      for (const j of nearest) {
        for (let k = 0; k < classes; k++) {
          const other = q[j * classes + k]!;
          const own = p[i * classes + k]!;
          sum += other *
            (Math.log(Math.max(other, LEAST_NORMAL)) - Math.log(Math.max(own, LEAST_NORMAL)));
        }
      }
      scores[base + i] = sum / nearest.length;
    }
  },
});
