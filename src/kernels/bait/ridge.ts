/**
 * The ridge lambda, as given or from the scale of the information matrix.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/bait/ridge.gen.ts";

/** `lambda[0]` = `lambda`, or if that is 0, `share * trace(F)` (1 if the trace is 0). */
export const ridge = /* @__PURE__ */ defineKernel({
  name: "ridge",
  wgsl,
  bindings: { matrix: "read", lambda: "write" },
  params: { D: "u32", lambda: "f32", share: "f32" },
  constants: {},
  grid: () => [1],
  cpu({ matrix, lambda }, { D, lambda: asked, share }) {
    let trace = 0;
    for (let i = 0; i < D; i++) trace += matrix[i * D + i]!;
    const value = asked === 0 ? share * trace : asked;
    lambda[0] = value > 0 ? value : 1;
  },
});
