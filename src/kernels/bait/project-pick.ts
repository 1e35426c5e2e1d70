/**
 * The directions W and Z of a rank update (docs/mathematics.md, "The update").
 *
 * @module
 */

import { defineKernel, linearGrid } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/bait/project-pick.gen.ts";
import { pickLayout } from "./pick.ts";

/** `W = M^-1 V_s L^-T` and `Z = sigma P V_s L^-T - W T / 2`, as rows: wz is `[2 rank, D]`. */
export const projectPick = /* @__PURE__ */ defineKernel({
  name: "project-pick",
  wgsl,
  bindings: { inverse: "read", middle: "read", pick: "read", wz: "write" },
  params: { D: "u32", d: "u32", sigma: "f32" },
  constants: { rank: 1, classes: 1, lanes: 64 },
  grid: ({ D }) => linearGrid(D),
  cpu({ inverse, middle, pick, wz }, { D, d, sigma }, { rank, classes }) {
    const layout = pickLayout(d, classes, rank);
    const w = new Float64Array(rank);
    const q = new Float64Array(rank);
    for (let row = 0; row < D; row++) {
      w.fill(0);
      q.fill(0);
      for (let k = 0; k < classes; k++) {
        let a = 0;
        let b = 0;
        const start = row * D + k * d;
        for (let f = 0; f < d; f++) {
          const x = pick[layout.features + f]!;
          a += inverse[start + f]! * x;
          b += middle[start + f]! * x;
        }
        for (let t = 0; t < rank; t++) {
          const factor = pick[layout.factor + k * rank + t]!;
          w[t]! += a * factor;
          q[t]! += b * factor;
        }
      }
      for (let t = 0; t < rank; t++) {
        let wt = 0;
        for (let u = 0; u < rank; u++) wt += w[u]! * pick[layout.inner + u * rank + t]!;
        wz[t * D + row] = w[t]!;
        wz[(rank + t) * D + row] = sigma * q[t]! - 0.5 * wt;
      }
    }
  },
});
