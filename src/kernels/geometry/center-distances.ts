/**
 * Distances to a new center, by which k-means++ draws the next one.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/geometry/center-distances.gen.ts";
import { elementGrid } from "../grid.ts";

/**
 * `nearest[base + i] = min(nearest[base + i], |x_i - center|^2)`, and the cluster of the nearest
 * center; cluster 0 replaces the previous values.
 */
export const centerDistances = /* @__PURE__ */ defineKernel({
  name: "center-distances",
  wgsl,
  bindings: { x: "read", center: "read", nearest: "write", assignment: "write" },
  params: { rows: "u32", base: "u32", d: "u32", xOffset: "u32", cluster: "u32" },
  constants: { half: 0, lanes: 8 },
  grid: ({ rows }, { lanes }) => elementGrid(rows * lanes),
  cpu({ x, center, nearest, assignment }, { rows, base, d, xOffset, cluster }) {
    for (let i = 0; i < rows; i++) {
      let sum = 0;
      const at = xOffset + i * d;
      for (let f = 0; f < d; f++) sum += (x[at + f]! - center[f]!) ** 2;
      const row = base + i;
      if (cluster === 0 || sum < nearest[row]!) {
        nearest[row] = sum;
        assignment[row] = cluster;
      }
    }
  },
});
