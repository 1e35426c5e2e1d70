/**
 * The distances of rows to their nearest neighbors in a cluster.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/geometry/neighbor-distances.gen.ts";
import { rowGrid } from "../grid.ts";

/** The largest number of neighbors of {@linkcode neighborDistances}. */
export const MOST_NEIGHBORS = 20;

/**
 * `means[first + i]` is the mean squared distance of a row to its 1 .. 20 nearest neighbors among
 * `count` rows, without itself, from `Y = X_tile X^T`, `[rows, count]`. There must be more rows
 * than neighbors.
 */
export const neighborDistances = /* @__PURE__ */ defineKernel({
  name: "neighbor-distances",
  wgsl,
  bindings: { y: "read", norms: "read", means: "write" },
  params: { rows: "u32", first: "u32", count: "u32", neighbors: "u32" },
  constants: {},
  grid: ({ rows }) => rowGrid(rows),
  cpu({ y, norms, means }, { rows, first, count, neighbors }) {
    for (let i = 0; i < rows; i++) {
      const own = first + i;
      const nearest = new Float64Array(neighbors).fill(Infinity);
      for (let j = 0; j < count; j++) {
        if (j === own) continue;
        const value = Math.max(0, norms[own]! + norms[j]! - 2 * y[i * count + j]!);
        if (value >= nearest[neighbors - 1]!) continue;
        nearest[neighbors - 1] = value;
        nearest.sort();
      }
      const sum = nearest.reduce((total, value) => total + value, 0);
      means[own] = sum / neighbors;
    }
  },
});
