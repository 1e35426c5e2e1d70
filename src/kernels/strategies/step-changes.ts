/**
 * Which samples change class on a small step along the gradient of the loss, in the space of the logits of
 * a linear head: the gradient is never formed.
 *
 * @module
 */

import { defineKernel, linearGrid } from "../../device/kernel.ts";
import {
  lossDirections as lossDirectionsWgsl,
  stepChanges as stepChangesWgsl,
} from "../../shaders.gen.ts";

/** The index of the largest of some numbers; of equal ones the first. */
function argMax(count: number, value: (k: number) => number): number {
  let top = 0;
  for (let k = 1; k < count; k++) if (value(k) > value(top)) top = k;
  return top;
}

/**
 * `Q[i, :]`: the softmax of the logits of all classes but the most probable one, and -1 there, `[rows, classes]`. That
 * is `P - onehot(arg-max)` over its largest entry: a direction that keeps its digits where P is nearly one-hot.
 */
export const lossDirections = defineKernel({
  name: "loss-directions",
  wgsl: lossDirectionsWgsl,
  bindings: { logits: "read", q: "write" },
  params: { rows: "u32", classes: "u32" },
  constants: {},
  grid: ({ rows }) => linearGrid(Math.ceil(rows / 64)),
  cpu({ logits, q }, { rows, classes }) {
    for (let i = 0; i < rows; i++) {
      const at = i * classes;
      const top = argMax(classes, (k) => logits[at + k]!);
      let highest = -Infinity;
      for (let k = 0; k < classes; k++) if (k !== top) highest = Math.max(highest, logits[at + k]!);
      let sum = 0;
      for (let k = 0; k < classes; k++) {
        if (k !== top) sum += q[at + k] = Math.exp(logits[at + k]! - highest);
      }
      for (let k = 0; k < classes; k++) q[at + k]! /= sum;
      q[at + top] = classes === 1 ? 0 : -1;
    }
  },
});

/**
 * `changed[base + i]`, u32: whether the class of `Z[i, :]` is another one at `Z[i, :] + t D[i, :] / sqrt(q_i . D[i, :])` with
 * `t = reach max_a |x_i - anchor_a|` and `D = Q W W^T`; where the gradient is 0 it is not. Distances come from
 * `Y = X A^T`, `[rows, anchors]`, and squared norms.
 */
export const stepChanges = defineKernel({
  name: "step-changes",
  wgsl: stepChangesWgsl,
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
  grid: ({ rows }) => linearGrid(Math.ceil(rows / 64)),
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
      const before = argMax(classes, (k) => logits[at + k]!);
      const after = argMax(classes, (k) => logits[at + k]! + step * directions[at + k]!);
      changed[base + i] = before === after ? 0 : 1;
    }
  },
});
