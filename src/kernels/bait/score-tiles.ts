/**
 * The forms and the score of every sample after a pick of rank 1, in one pass over a copy of the
 * features in tiles (docs/mathematics.md, "The update").
 *
 * @module
 */

import { defineKernel, linearGrid, type Numbers } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/bait/score-tiles.gen.ts";
import { LEAST_FORM, MASKED, PICKED, pickLayout, RECORD, TILE_ROWS } from "./pick.ts";
import { becomeMember, measureDrift } from "./update-scores.ts";

/**
 * Updates `forms` (G, and H), scores all samples, records the best of each tile behind the scores,
 * and measures the drift at the picked sample. With `updates` 0 the forms do not change.
 */
export const scoreTiles = /* @__PURE__ */ defineKernel({
  name: "score-tiles",
  wgsl,
  bindings: {
    tiles: "read",
    wz: "read",
    weights: "read",
    picks: "read",
    forms: "write",
    scores: "write",
    pick: "write",
  },
  params: { rows: "u32", base: "u32", count: "u32", step: "u32", d: "u32" },
  constants: { half: 0, updates: 1 },
  grid: ({ rows }) => linearGrid(Math.ceil(rows / TILE_ROWS)),
  cpu(t, { rows, base, count, step, d }, { half, updates }) {
    const a = new Float64Array(TILE_ROWS);
    const z = new Float64Array(TILE_ROWS);
    const picked = updates ? t.picks[step]! - base : -1;
    for (let first = 0; first < rows; first += TILE_ROWS) {
      const here = Math.min(TILE_ROWS, rows - first);
      if (updates) multiplyTile(t, first, here, d, half ? 2 : 1, a, z);
      let best = 0;
      for (let e = 0; e < here; e++) {
        const i = first + e;
        const old = t.scores[base + i]!;
        const ai = a[e]! * t.weights[i]!;
        const zi = z[e]! * t.weights[i]!;
        if (i === picked) {
          measureDrift(t, 2 * i, pickLayout(d, 1, 1), 1, 1, [ai], [zi]);
          becomeMember(t.forms, 2 * i, 1, [1 / Math.max(1 + t.forms[2 * i]!, LEAST_FORM)]);
        } else if (updates) {
          t.forms[2 * i]! -= (old <= PICKED ? -1 : 1) * ai * ai;
          t.forms[2 * i + 1]! -= 2 * ai * zi;
        }
        const score = t.forms[2 * i + 1]! / Math.max(1 + t.forms[2 * i]!, LEAST_FORM);
        t.scores[base + i] = i === picked ? PICKED : old <= MASKED ? old : score;
        if (t.scores[base + i]! > t.scores[base + first + best]!) best = e;
      }
      const record = count + RECORD * (base + first) / TILE_ROWS;
      t.scores[record] = t.scores[base + first + best]!;
      t.scores[record + 1] = best;
      t.scores[record + 2] = t.forms[2 * (first + best)]!;
      t.scores[record + 3] = t.weights[first + best]!;
    }
  },
});

/** Multiplies the samples of a tile with W and Z. */
function multiplyTile(
  { tiles, wz }: Record<"tiles" | "wz", Numbers>,
  first: number,
  samples: number,
  d: number,
  perWord: number,
  a: Float64Array,
  z: Float64Array,
): void {
  a.fill(0);
  z.fill(0);
  for (let f = 0; f < d; f++) {
    const w = wz[f]!;
    const v = wz[d + f]!;
    const at = first * d + (f - f % perWord) * TILE_ROWS + f % perWord;
    for (let e = 0; e < samples; e++) {
      const x = tiles[at + e * perWord]!;
      a[e]! += w * x;
      z[e]! += v * x;
    }
  }
}
