/**
 * The copy of rows that the pass of a pick of rank 1 reads.
 *
 * @module
 */

import { defineKernel, linearGrid } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/bait/tile-rows.gen.ts";
import { TILE_ROWS } from "./pick.ts";

/**
 * Copies rows of `words` 32-bit words, of `perWord` elements each, into tiles
 * `[ceil(rows / TILE_ROWS), words, TILE_ROWS, perWord]`; `offset` counts words.
 */
export const tileRows = /* @__PURE__ */ defineKernel({
  name: "tile-rows",
  wgsl,
  bindings: { x: "read", tiles: "write" },
  params: { rows: "u32", words: "u32", offset: "u32", perWord: "u32" },
  constants: {},
  grid: ({ rows, words }) => linearGrid(Math.ceil(rows / TILE_ROWS) * words),
  cpu({ x, tiles }, { rows, words, offset, perWord }) {
    for (let row = 0; row < rows; row++) {
      const tile = row - row % TILE_ROWS;
      for (let word = 0; word < words; word++) {
        const from = (offset + row * words + word) * perWord;
        const to = (tile * words + word * TILE_ROWS + row % TILE_ROWS) * perWord;
        for (let e = 0; e < perWord; e++) tiles[to + e] = x[from + e]!;
      }
    }
  },
});
