/**
 * The scores of samples from their forms in their classes.
 *
 * @module
 */

import { defineKernel, type Numbers } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/classes/score-classes.gen.ts";
import { rowGrid } from "../grid.ts";

/**
 * `score_i = sum_e c H_e / (1 + c G_e)` over the entries e of sample i, c = `candidate`, for all
 * `rows` samples. `slots` is `[n, top, 2]`: the class and the entry.
 */
export const scoreClasses = /* @__PURE__ */ defineKernel({
  name: "score-classes",
  wgsl,
  bindings: { slots: "read", forms: "read", scores: "write" },
  params: { rows: "u32", top: "u32", candidate: "f32" },
  constants: {},
  grid: ({ rows }) => rowGrid(rows),
  cpu({ slots, forms, scores }, { rows, top, candidate }) {
    for (let i = 0; i < rows; i++) scores[i] = classScore(slots, forms, i, top, candidate);
  },
});

/** The score of sample i. */
export function classScore(
  slots: Numbers,
  forms: Numbers,
  i: number,
  top: number,
  candidate: number,
): number {
  let sum = 0;
  for (let j = i * top; j < (i + 1) * top; j++) {
    const entry = slots[2 * j + 1]!;
    sum += candidate * forms[2 * entry + 1]! / (1 + candidate * Math.max(forms[2 * entry]!, 0));
  }
  return sum;
}
