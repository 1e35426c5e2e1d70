/**
 * The gathering of the rows of a mini-batch, as numbers of dtype `real`.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/pool/gather-batch.gen.ts";
import { elementGrid } from "../grid.ts";

/**
 * `out[j] = source[order[first + j] - base]` for the indices in this block of `rows` rows of
 * `stride` elements (an even number), half floats or not; other rows of `out` do not change.
 */
export const gatherBatch = /* @__PURE__ */ defineKernel({
  name: "gather-batch",
  wgsl,
  bindings: { order: "read", source: "read", out: "write" },
  params: { first: "u32", count: "u32", base: "u32", rows: "u32", stride: "u32" },
  constants: { half: 0 },
  grid: ({ count, stride }) => elementGrid(count * stride),
  cpu({ order, source, out }, { first, count, base, rows, stride }) {
    for (let j = 0; j < count; j++) {
      const row = order[first + j]! - base;
      if (row < 0 || row >= rows) continue;
      for (let f = 0; f < stride; f++) out[j * stride + f] = source[row * stride + f]!;
    }
  },
});
