/**
 * Distances between the gradients of a linear head, which are outer products. They are computed
 * without the gradients themselves.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/strategies/gradient-distances.gen.ts";
import { elementGrid } from "../grid.ts";

/**
 * `|q_i (x) x_i - q_s (x) x_s|^2 = |q_i|^2 |x_i|^2 + |q_s|^2 |x_s|^2 - 2 (q_i . q_s) (x_i . x_s)`,
 * at least 0; `state[base + i]` becomes the minimum of it and the previous value, or the distance
 * itself if `fresh` is 1. X `[rows, d]`, Q `[rows, classes]`.
 */
export const gradientDistances = /* @__PURE__ */ defineKernel({
  name: "gradient-distances",
  wgsl,
  bindings: { x: "read", q: "read", xPick: "read", qPick: "read", state: "write" },
  params: {
    rows: "u32",
    base: "u32",
    d: "u32",
    classes: "u32",
    xOffset: "u32",
    fresh: "u32",
  },
  constants: { half: 0, lanes: 8 },
  grid: ({ rows }, { lanes }) => elementGrid(rows * lanes),
  cpu({ x, q, xPick, qPick, state }, { rows, base, d, classes, xOffset, fresh }) {
    for (let i = 0; i < rows; i++) {
      let [xx, xs, ss] = [0, 0, 0];
      for (let f = 0; f < d; f++) {
        const value = x[xOffset + i * d + f]!;
        xx += value * value;
        xs += value * xPick[f]!;
        ss += xPick[f]! ** 2;
      }
      let [qq, qs, rr] = [0, 0, 0];
      for (let k = 0; k < classes; k++) {
        const value = q[i * classes + k]!;
        qq += value * value;
        qs += value * qPick[k]!;
        rr += qPick[k]! ** 2;
      }
      const distance = Math.max(0, xx * qq + ss * rr - 2 * xs * qs);
      if (fresh === 1 || distance < state[base + i]!) state[base + i] = distance;
    }
  },
});
