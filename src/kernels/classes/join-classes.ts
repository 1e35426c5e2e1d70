/**
 * The rank-1 update of the class blocks that a pick touches.
 *
 * @module
 */

import { defineKernel, linearGrid } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/classes/join-classes.gen.ts";
import { TOUCH } from "./touched.ts";

/**
 * Adds a pick to M_k of each of its classes. With `v = M_k^-1 x` and `z = P_k x` for the features
 * x `unit`, it writes the new dual row, replaces z by the direction Z of the update of H, and
 * writes `state` `[top, 2]`: the drift, and the factor of `y` in the update of G.
 */
export const joinClasses = /* @__PURE__ */ defineKernel({
  name: "join-classes",
  wgsl,
  bindings: {
    touched: "read",
    scales: "read",
    forms: "read",
    x: "read",
    v: "read",
    z: "write",
    dual: "write",
    state: "write",
  },
  params: { top: "u32", d: "u32", row: "u32", unit: "f32", candidate: "f32", lambda: "f32" },
  constants: {},
  grid: ({ top }) => linearGrid(top),
  cpu(t, { top, d, row, unit, candidate, lambda }) {
    let total = 0;
    for (let j = 0; j < top; j++) total += t.forms[2 * t.touched[TOUCH * j + 1]! + 1]!;
    for (let j = 0; j < top; j++) {
      const entry = t.touched[TOUCH * j + 1]!;
      const scale = t.scales[entry]!;
      let [g, h] = [0, 0];
      for (let f = 0; f < d; f++) {
        g += t.x[f]! * t.v[j * d + f]!;
        h += t.x[f]! * t.z[j * d + f]!;
      }
      g *= scale * scale / unit;
      h *= scale * scale / unit;
      const grown = 1 + candidate * Math.max(g, 0);
      const drift = Math.max(
        candidate * Math.abs(t.forms[2 * entry]! - g) / grown,
        Math.abs(t.forms[2 * entry + 1]! - h) / Math.max(total, 1e-30),
      );
      t.state[2 * j] = Math.max(t.state[2 * j]!, drift);
      const factor = Math.sqrt(candidate / grown) * scale / unit;
      t.state[2 * j + 1] = factor;
      const half = 0.5 * candidate * h / grown;
      for (let f = 0; f < d; f++) {
        const v = t.v[j * d + f]!;
        t.dual[(row + j) * d + f] = Math.sqrt(lambda) * factor * v;
        t.z[j * d + f] = factor * (t.z[j * d + f]! - half * v);
      }
    }
  },
});
