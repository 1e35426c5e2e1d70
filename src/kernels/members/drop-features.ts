/**
 * Dropout of features, for Monte Carlo estimates of the uncertainty of a head.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/members/drop-features.gen.ts";
import { elementGrid } from "../grid.ts";
import { counterHash } from "../../random/counter-hash.ts";

/**
 * `out[i, f] = kept x[i, f] scale`, X and `out` `[rows, d]`; X may have half floats.
 * A feature is kept where the hash of `(base + i) d + f`, or of `f` if `alike` is 1 (one mask for
 * all rows), and of `key` is `threshold` or more.
 */
export const dropFeatures = /* @__PURE__ */ defineKernel({
  name: "drop-features",
  wgsl,
  bindings: { x: "read", out: "write" },
  params: {
    rows: "u32",
    base: "u32",
    d: "u32",
    xOffset: "u32",
    key: "u32",
    threshold: "u32",
    scale: "f32",
    alike: "u32",
  },
  constants: { half: 0 },
  grid: ({ rows, d }) => elementGrid(rows * d),
  cpu({ x, out }, { rows, base, d, xOffset, key, threshold, scale, alike }) {
    for (let e = 0; e < rows * d; e++) {
      const counter = alike === 1 ? e % d : (base * d + e) % 2 ** 32;
      out[e] = counterHash(counter, key) >= threshold ? x[xOffset + e]! * scale : 0;
    }
  },
});
