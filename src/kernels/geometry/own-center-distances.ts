/**
 * The distances of rows to the centers of their clusters.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/geometry/own-center-distances.gen.ts";
import { elementGrid } from "../grid.ts";

/**
 * `distances[base + i] = |x_i - C[:, assignment[base + i]]|^2`, X `[rows, d]` and C
 * `[d, clusters]`.
 */
export const ownCenterDistances = /* @__PURE__ */ defineKernel({
  name: "own-center-distances",
  wgsl,
  bindings: { x: "read", centers: "read", assignment: "read", distances: "write" },
  params: { rows: "u32", base: "u32", d: "u32", xOffset: "u32", clusters: "u32" },
  constants: { half: 0, lanes: 8 },
  grid: ({ rows }, { lanes }) => elementGrid(rows * lanes),
  cpu({ x, centers, assignment, distances }, { rows, base, d, xOffset, clusters }) {
    for (let i = 0; i < rows; i++) {
      let sum = 0;
      const own = assignment[base + i]!;
      for (let f = 0; f < d; f++) {
        sum += (x[xOffset + i * d + f]! - centers[f * clusters + own]!) ** 2;
      }
      distances[base + i] = sum;
    }
  },
});
