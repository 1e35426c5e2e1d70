/**
 * The dot products that a step of L-BFGS may need, in one pass over the vectors.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/head/lbfgs-dots.gen.ts";
import { DOTS, State } from "./lbfgs.ts";

/** Computes `dots` `[chunks, history + 1, 8]` from chunks of `chunk` elements. */
export const lbfgsDots = /* @__PURE__ */ defineKernel({
  name: "lbfgs-dots",
  wgsl,
  bindings: {
    state: "read",
    trial: "read",
    gradient: "read",
    work: "read",
    s: "read",
    y: "read",
    dots: "write",
  },
  params: { size: "u32", chunk: "u32" },
  constants: { history: 10 },
  grid: ({ size, chunk }, { history }) => [Math.ceil(size / chunk), history + 1],
  cpu({ state, trial, gradient, work, s, y, dots }, { size, chunk }, { history }) {
    if (state[State.status] !== 0) return;
    const pairs = state[State.pairs]!;
    for (let start = 0, at = 0; start < size; start += chunk, at += (history + 1) * DOTS) {
      const end = Math.min(size, start + chunk);
      for (let j = 0; j < pairs; j++) {
        let [vs, vy, ey, ws, wy] = [0, 0, 0, 0, 0];
        for (let i = start; i < end; i++) {
          const v = gradient[i]!;
          const w = v - work[size + i]!;
          const sj = s[j * size + i]!;
          const yj = y[j * size + i]!;
          vs += v * sj;
          vy += v * yj;
          ey += (trial[i]! - work[i]!) * yj;
          ws += w * sj;
          wy += w * yj;
        }
        [vs, vy, ey, ws, wy, 0, 0, 0].forEach((sum, q) => dots[at + j * DOTS + q] = sum);
      }
      let [ve, ge, we, ww, vw, ee, vv, top] = [0, 0, 0, 0, 0, 0, 0, 0];
      for (let i = start; i < end; i++) {
        const v = gradient[i]!;
        const g = work[size + i]!;
        const e = trial[i]! - work[i]!;
        const w = v - g;
        ve += v * e;
        ge += g * e;
        we += w * e;
        ww += w * w;
        vw += v * w;
        ee += e * e;
        vv += v * v;
        top = Math.max(top, Math.abs(v));
      }
      [ve, ge, we, ww, vw, ee, vv, top].forEach((sum, q) => dots[at + history * DOTS + q] = sum);
    }
  },
});
