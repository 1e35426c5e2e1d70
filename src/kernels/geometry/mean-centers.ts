/**
 * The second half of a step of Lloyd's algorithm: the mean of each cluster.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/geometry/mean-centers.gen.ts";
import { rowGrid } from "../grid.ts";

/**
 * `C[:, c] = S[:, c] / count[c]` for clusters with members, and `norms[c] = |C[:, c]|^2`; S and C
 * are `[d, clusters]`.
 */
export const meanCenters = /* @__PURE__ */ defineKernel({
  name: "mean-centers",
  wgsl,
  bindings: { sums: "read", counts: "read", centers: "write", norms: "write" },
  params: { d: "u32", clusters: "u32" },
  constants: {},
  grid: ({ clusters }) => rowGrid(clusters),
  cpu({ sums, counts, centers, norms }, { d, clusters }) {
    for (let c = 0; c < clusters; c++) {
      if (counts[c] === 0) continue;
      let norm = 0;
      for (let f = 0; f < d; f++) {
        const value = sums[f * clusters + c]! / counts[c]!;
        centers[f * clusters + c] = value;
        norm += value * value;
      }
      norms[c] = norm;
    }
  },
});
