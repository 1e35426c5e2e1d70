/**
 * The rank-r update of the inverse information and of `P = M^-1 F M^-1`.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/bait/update-matrices.gen.ts";
import { tileGrid } from "../grid.ts";

/** `M^-1 -= sigma W W^T`, `P -= W Z^T + Z W^T`; wz is `[2 rank, D]`, D a multiple of 8. */
export const updateMatrices = /* @__PURE__ */ defineKernel({
  name: "update-matrices",
  wgsl,
  bindings: { wz: "read", inverse: "write", middle: "write" },
  params: { D: "u32", rank: "u32", sigma: "f32" },
  constants: {},
  grid: ({ D }) => tileGrid(D / 4),
  cpu({ wz, inverse, middle }, { D, rank, sigma }) {
    for (let t = 0; t < rank; t++) {
      const w0 = t * D;
      const z0 = (rank + t) * D;
      for (let i = 0; i < D; i++) {
        const wi = wz[w0 + i]!;
        const zi = wz[z0 + i]!;
        if (wi === 0 && zi === 0) continue;
        const scaled = sigma * wi;
        for (let j = 0; j < D; j++) {
          inverse[i * D + j]! -= scaled * wz[w0 + j]!;
          middle[i * D + j]! -= wi * wz[z0 + j]! + zi * wz[w0 + j]!;
        }
      }
    }
  },
});
