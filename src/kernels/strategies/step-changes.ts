/**
 * The samples whose class changes by a small step along the gradient of the loss, computed in the
 * space of the logits of a linear head, without the gradient itself.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/strategies/step-changes.gen.ts";
import { rowGrid } from "../grid.ts";
import { topClass } from "./top-class.ts";

/**
 * `changed[base + i]`, u32: whether the class of `Z[i, :]` differs from that of
 * `Z[i, :] + t D[i, :] / sqrt(q_i . D[i, :])` with `t = reach max_a |x_i - anchor_a|` and
 * `D = Q W W^T`; if the gradient is 0, it does not. Distances are computed from `Y = X A^T`,
 * `[rows, anchors]`, and squared norms.
 */
export const stepChanges = /* @__PURE__ */ defineKernel({
  name: "step-changes",
  wgsl,
  bindings: {
    logits: "read",
    q: "read",
    directions: "read",
    y: "read",
    norms: "read",
    anchorNorms: "read",
    changed: "write",
  },
  params: { rows: "u32", base: "u32", classes: "u32", anchors: "u32", reach: "f32" },
  constants: {},
  grid: ({ rows }) => rowGrid(rows),
  cpu(tensors, { rows, base, classes, anchors, reach }) {
    const { logits, q, directions, y, norms, anchorNorms, changed } = tensors;
    for (let i = 0; i < rows; i++) {
      let farthest = 0;
      for (let a = 0; a < anchors; a++) {
        const distance = norms[base + i]! + anchorNorms[a]! - 2 * y[i * anchors + a]!;
        farthest = Math.max(farthest, distance);
      }
      const at = i * classes;
      let square = 0;
      for (let k = 0; k < classes; k++) square += q[at + k]! * directions[at + k]!;
      const step = square > 0 ? reach * Math.sqrt(farthest) / Math.sqrt(square) : 0;
      const before = topClass(classes, (k) => logits[at + k]!);
      const after = topClass(classes, (k) => logits[at + k]! + step * directions[at + k]!);
      changed[base + i] = before === after ? 0 : 1;
    }
  },
});
