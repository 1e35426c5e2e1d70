/**
 * The pick of the best sample by the records of tiles, and the directions W and Z of its update of
 * rank 1 (docs/mathematics.md, "The update").
 *
 * @module
 */

import { defineKernel, linearGrid } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/bait/project-best.gen.ts";
import { LEAST_FORM, pickLayout, RECORD, TILE_ROWS } from "./pick.ts";

/** The number of rows of M^-1 and of P of a workgroup. */
export const PROJECTED_ROWS = 8;

/**
 * If the best sample of the pool is in this segment: writes its index to `picks[step]`, its T, L
 * and score to `pick`, and W and Z as rows to `wz`, `[2, d]`.
 */
export const projectBest = /* @__PURE__ */ defineKernel({
  name: "project-best",
  wgsl,
  bindings: {
    scores: "read",
    features: "read",
    inverse: "read",
    middle: "read",
    pick: "write",
    picks: "write",
    wz: "write",
  },
  params: { count: "u32", step: "u32", base: "u32", rows: "u32", offset: "u32", d: "u32" },
  constants: { half: 0 },
  grid: ({ d }) => linearGrid(Math.ceil(d / PROJECTED_ROWS)),
  cpu(t, { count, step, base, rows, offset, d }) {
    let tile = 0;
    for (let g = 1; g * TILE_ROWS < count; g++) {
      if (t.scores[count + RECORD * g]! > t.scores[count + RECORD * tile]!) tile = g;
    }
    const record = count + RECORD * tile;
    const s = tile * TILE_ROWS + t.scores[record + 1]! - base;
    if (s < 0 || s >= rows) return;
    const layout = pickLayout(d, 1, 1);
    const inner = t.scores[record]!;
    const lower = Math.sqrt(Math.max(1 + t.scores[record + 2]!, LEAST_FORM));
    const scale = t.scores[record + 3]! / lower;
    const first = offset + s * d;
    for (let row = 0; row < d; row++) {
      let a = 0;
      let b = 0;
      for (let f = 0; f < d; f++) {
        const x = t.features[first + f]!;
        a += t.inverse[row * d + f]! * x;
        b += t.middle[row * d + f]! * x;
      }
      t.wz[row] = scale * a;
      t.wz[d + row] = scale * (b - 0.5 * a * inner);
    }
    t.picks[step] = s + base;
    t.pick[layout.inner] = inner;
    t.pick[layout.lower] = lower;
    t.pick[layout.scores + step] = inner;
  },
});
