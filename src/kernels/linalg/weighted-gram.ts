/**
 * `S[z] = X^T diag(w) X` over the rows of slice z, the lower triangle.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/linalg/weighted-gram.gen.ts";

/** The number of rows and columns of the result that one workgroup computes. */
export const GRAM_TILE = 64;

/** Slices of the weighted Gram matrix: X `[rows, d]` (d a multiple of 8), w `[rows]`. */
export const weightedGram = /* @__PURE__ */ defineKernel({
  name: "weighted-gram",
  wgsl,
  bindings: { x: "read", w: "read", s: "write" },
  params: { rows: "u32", d: "u32", xOffset: "u32", wOffset: "u32", rowsPerSlice: "u32" },
  constants: { half: 0 },
  grid: ({ rows, d, rowsPerSlice }) => {
    const tiles = Math.ceil(d / GRAM_TILE);
    return [tiles, tiles, Math.ceil(rows / rowsPerSlice)];
  },
  cpu({ x, w, s }, { rows, d, xOffset, wOffset, rowsPerSlice }) {
    for (let z = 0; z * rowsPerSlice < rows; z++) {
      const s0 = z * d * d;
      for (let e = 0; e < d * d; e++) s[s0 + e] = 0;
      const end = Math.min(rows, (z + 1) * rowsPerSlice);
      for (let row = z * rowsPerSlice; row < end; row++) {
        const x0 = xOffset + row * d;
        const weight = w[wOffset + row]!;
        if (weight === 0) continue;
        for (let i = 0; i < d; i++) {
          const left = weight * x[x0 + i]!;
          if (left === 0) continue;
          const at = s0 + i * d;
          for (let j = 0; j <= i; j++) s[at + j]! += left * x[x0 + j]!;
        }
      }
    }
  },
});
