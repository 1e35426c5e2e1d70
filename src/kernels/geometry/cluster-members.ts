/**
 * The membership of rows in clusters, as a matrix.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/geometry/cluster-members.gen.ts";
import { elementGrid } from "../grid.ts";

/** `M[i, c] = [assignment[base + i] = c]`, `[rows, clusters]`. */
export const clusterMembers = /* @__PURE__ */ defineKernel({
  name: "cluster-members",
  wgsl,
  bindings: { assignment: "read", members: "write" },
  params: { rows: "u32", base: "u32", clusters: "u32" },
  constants: {},
  grid: ({ rows, clusters }) => elementGrid(rows * clusters),
  cpu({ assignment, members }, { rows, base, clusters }) {
    for (let e = 0; e < rows * clusters; e++) {
      members[e] = assignment[base + Math.floor(e / clusters)] === e % clusters ? 1 : 0;
    }
  },
});
