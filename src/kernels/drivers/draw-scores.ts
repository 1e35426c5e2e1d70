/**
 * Scores whose arg-max is a random draw in proportion to a power of a state.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/drivers/draw-scores.gen.ts";
import { elementGrid } from "../grid.ts";
import { counterHash } from "../../random/counter-hash.ts";

/** The score of a state of 0. */
export const LOWEST_DRAW = /* @__PURE__ */ Math.fround(-3e38);

/**
 * `scores[i] = gamma ln(state[i]) - ln(E_i)` with E_i exponential: the arg-max of the scores is a
 * draw in proportion to `state^gamma` (Efraimidis & Spirakis 2006, "Weighted Random Sampling with
 * a Reservoir"). It needs one random number per sample, and no prefix sum, whose rounding would
 * differ between devices.
 */
export const drawScores = /* @__PURE__ */ defineKernel({
  name: "draw-scores",
  wgsl,
  bindings: { state: "read", scores: "write" },
  params: { size: "u32", key: "u32", gamma: "f32" },
  constants: {},
  grid: ({ size }) => elementGrid(size),
  cpu({ state, scores }, { size, key, gamma }) {
    for (let i = 0; i < size; i++) {
      const uniform = Math.fround((counterHash(i, key) >>> 8) + 0.5) / 2 ** 24;
      const exponential = -Math.log1p(-Math.min(uniform, 1 - 2 ** -24));
      scores[i] = state[i]! > 0 ? gamma * Math.log(state[i]!) - Math.log(exponential) : LOWEST_DRAW;
    }
  },
});
