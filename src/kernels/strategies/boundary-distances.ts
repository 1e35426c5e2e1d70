/**
 * Distances to the decision boundaries of a linear head.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/strategies/boundary-distances.gen.ts";
import { elementGrid } from "../grid.ts";
import { topClass } from "./top-class.ts";

/** The distance for classes with equal weights, which have no boundary. */
export const FAR = /* @__PURE__ */ Math.fround(3e38);

/**
 * `distances[i, c] = (z_yhat - z_c) inverse[yhat - first, c]` for the classes other than the
 * predicted one, and `least[base + i] = distances[i, yhat]` = the least of those. Logits
 * `[rows, classes]`; `inverse[a - first, b]`, `[count, classes]`, is `1 / |w_a - w_b|`, and 0 where
 * they are equal. Rows with another predicted class than these `count` are left as they are. With
 * `keep: 0` the distances are not stored.
 */
export const boundaryDistances = /* @__PURE__ */ defineKernel({
  name: "boundary-distances",
  wgsl,
  bindings: { logits: "read", inverse: "read", distances: "write", least: "write" },
  params: { rows: "u32", base: "u32", classes: "u32", first: "u32", count: "u32" },
  constants: { lanes: 16, keep: 1 },
  grid: ({ rows }, { lanes }) => elementGrid(rows * lanes),
  cpu({ logits, inverse, distances, least }, { rows, base, classes, first, count }, { keep }) {
    for (let i = 0; i < rows; i++) {
      const at = i * classes;
      const top = topClass(classes, (c) => logits[at + c]!);
      if (top < first || top >= first + count) continue;
      const row = (top - first) * classes;
      let nearest = FAR;
      for (let c = 0; c < classes; c++) {
        if (c === top) continue;
        const scale = inverse[row + c]!;
        const distance = scale > 0 ? (logits[at + top]! - logits[at + c]!) * scale : FAR;
        if (keep) distances[at + c] = distance;
        if (distance < nearest) nearest = distance;
      }
      if (keep) distances[at + top] = nearest;
      least[base + i] = nearest;
    }
  },
});
