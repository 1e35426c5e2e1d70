/**
 * The gathering of rows by indices.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/pool/gather-rows.gen.ts";
import { elementGrid } from "../grid.ts";

/**
 * `out[j] = source[index[first + j] - base]` for the indices in this block of `rows` rows. A row
 * has `words` 32-bit words of `perWord` elements each.
 */
export const gatherRows = /* @__PURE__ */ defineKernel({
  name: "gather-rows",
  wgsl,
  bindings: { index: "read", source: "read", out: "write" },
  params: {
    first: "u32",
    count: "u32",
    base: "u32",
    rows: "u32",
    words: "u32",
    sourceOffset: "u32",
    perWord: "u32",
  },
  constants: {},
  grid: ({ count, words }) => elementGrid(count * words),
  cpu({ index, source, out }, { first, count, base, rows, words, sourceOffset, perWord }) {
    const width = words * perWord;
    for (let j = 0; j < count; j++) {
      const row = index[first + j]! - base;
      if (row < 0 || row >= rows) continue;
      const from = sourceOffset * perWord + row * width;
      for (let e = 0; e < width; e++) out[j * width + e] = source[from + e]!;
    }
  },
});
