/**
 * Distances to the decision boundaries of a linear head.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/strategies/boundary-distances.gen.ts";
import { rowGrid } from "../grid.ts";
import { topClass } from "./top-class.ts";

/** The distance for classes with equal weights, which have no boundary. */
export const FAR = /* @__PURE__ */ Math.fround(3e38);

/**
 * `distances[i, c] = (z_yhat - z_c) inverse[yhat, c]` for the classes other than the predicted
 * one, and `least[base + i] = distances[i, yhat]` = the least of those. Logits `[rows, classes]`;
 * `inverse[a, b]` is `1 / |w_a - w_b|`, and 0 where they are equal.
 */
export const boundaryDistances = /* @__PURE__ */ defineKernel({
  name: "boundary-distances",
  wgsl,
  bindings: { logits: "read", inverse: "read", distances: "write", least: "write" },
  params: { rows: "u32", base: "u32", classes: "u32" },
  constants: {},
  grid: ({ rows }) => rowGrid(rows),
  cpu({ logits, inverse, distances, least }, { rows, base, classes }) {
    for (let i = 0; i < rows; i++) {
      const at = i * classes;
      const top = topClass(classes, (c) => logits[at + c]!);
      let nearest = FAR;
      for (let c = 0; c < classes; c++) {
        if (c === top) continue;
        const scale = inverse[top * classes + c]!;
        distances[at + c] = scale > 0 ? (logits[at + top]! - logits[at + c]!) * scale : FAR;
        nearest = Math.min(nearest, distances[at + c]!);
      }
      distances[at + top] = nearest;
      least[base + i] = nearest;
    }
  },
});
