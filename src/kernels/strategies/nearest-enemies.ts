/**
 * The distance of samples to the nearest sample of another cluster.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/strategies/nearest-enemies.gen.ts";
import { rowGrid } from "../grid.ts";

/**
 * `nearest[base + i] = min(nearest[base + i], |x_i - x_c|^2)` over those c < count in other
 * clusters, from `Y = X S^T`, `[rows, width]`, and the squared norms of all samples; row c of S is
 * sample `first + c` of the pool.
 */
export const nearestEnemies = /* @__PURE__ */ defineKernel({
  name: "nearest-enemies",
  wgsl,
  bindings: { y: "read", norms: "read", clusters: "read", nearest: "write" },
  params: { rows: "u32", base: "u32", width: "u32", count: "u32", first: "u32" },
  constants: {},
  grid: ({ rows }) => rowGrid(rows),
  cpu({ y, norms, clusters, nearest }, { rows, base, width, count, first }) {
    for (let i = 0; i < rows; i++) {
      const row = base + i;
      for (let c = 0; c < count; c++) {
        const other = first + c;
        if (clusters[other] === clusters[row]) continue;
        const distance = Math.max(0, norms[row]! + norms[other]! - 2 * y[i * width + c]!);
        nearest[row] = Math.min(nearest[row]!, distance);
      }
    }
  },
});
