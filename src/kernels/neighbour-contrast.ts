/**
 * How much the predictions of neighbours differ.
 *
 * @module
 */

import { defineKernel, linearGrid } from "../device/kernel.ts";
import { neighbourContrast as wgsl } from "../shaders.gen.ts";

const LEAST = 1.17549435e-38;

/**
 * `scores[base + i] = mean KL(q_j || p_i)` over the `neighbours` labelled samples j, at most 16 (or all, where
 * there are fewer), with the largest `y[i, j]`; Y `[rows, labelled]`, P `[rows, classes]`, Q `[labelled, classes]`.
 */
export const neighbourContrast = defineKernel({
  name: "neighbour-contrast",
  wgsl,
  bindings: { y: "read", p: "read", q: "read", scores: "write" },
  params: { rows: "u32", base: "u32", labelled: "u32", classes: "u32", neighbours: "u32" },
  constants: {},
  grid: ({ rows }) => linearGrid(Math.ceil(rows / 64)),
  cpu({ y, p, q, scores }, { rows, base, labelled, classes, neighbours }) {
    const order = Array.from({ length: labelled }, (_, j) => j);
    for (let i = 0; i < rows; i++) {
      const nearest = order
        .toSorted((a, b) => y[i * labelled + b]! - y[i * labelled + a]! || a - b)
        .slice(0, neighbours);
      let sum = 0;
      for (const j of nearest) {
        for (let k = 0; k < classes; k++) {
          const other = q[j * classes + k]!;
          const own = p[i * classes + k]!;
          sum += other * (Math.log(Math.max(other, LEAST)) - Math.log(Math.max(own, LEAST)));
        }
      }
      scores[base + i] = sum / nearest.length;
    }
  },
});
