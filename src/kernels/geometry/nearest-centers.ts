/**
 * The first half of a step of Lloyd's algorithm: the nearest center of each row.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/geometry/nearest-centers.gen.ts";
import { rowGrid } from "../grid.ts";

/** `assignment[base + i] = argmin_c norms[c] - 2 Y[i, c]` with `Y = X C`, `[rows, clusters]`. */
export const nearestCenters = /* @__PURE__ */ defineKernel({
  name: "nearest-centers",
  wgsl,
  bindings: { y: "read", norms: "read", assignment: "write" },
  params: { rows: "u32", base: "u32", clusters: "u32" },
  constants: {},
  grid: ({ rows }) => rowGrid(rows),
  cpu({ y, norms, assignment }, { rows, base, clusters }) {
    for (let i = 0; i < rows; i++) {
      let best = 0;
      let least = Infinity;
      for (let c = 0; c < clusters; c++) {
        const distance = norms[c]! - 2 * y[i * clusters + c]!;
        if (distance >= least) continue;
        least = distance;
        best = c;
      }
      assignment[base + i] = best;
    }
  },
});
