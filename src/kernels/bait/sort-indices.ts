/**
 * Sorting of a short list of distinct indices on the device.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/bait/sort-indices.gen.ts";
import { rowGrid } from "../grid.ts";

/** `sorted` = the first `count` of `index`, ascending. They must be distinct. */
export const sortIndices = /* @__PURE__ */ defineKernel({
  name: "sort-indices",
  wgsl,
  bindings: { index: "read", sorted: "write" },
  params: { count: "u32" },
  constants: {},
  grid: ({ count }) => rowGrid(count),
  cpu({ index, sorted }, { count }) {
    const values = Uint32Array.from({ length: count }, (_, i) => index[i]!).sort();
    for (let i = 0; i < count; i++) sorted[i] = values[i]!;
  },
});
