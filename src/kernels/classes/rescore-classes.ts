/**
 * The scores of the samples that share a class with a pick.
 *
 * @module
 */

import { defineKernel, type Numbers } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/classes/rescore-classes.gen.ts";
import { ROW_THREADS } from "../grid.ts";
import { classScore } from "./score-classes.ts";
import { TOUCH } from "./touched.ts";

/**
 * The scores as by `score-classes` of the samples in the classes of a pick, each written once, from
 * the first of the classes that it shares.
 */
export const rescoreClasses = /* @__PURE__ */ defineKernel({
  name: "rescore-classes",
  wgsl,
  bindings: { touched: "read", samples: "read", slots: "read", forms: "read", scores: "write" },
  params: { top: "u32", most: "u32", candidate: "f32" },
  constants: {},
  grid: ({ top, most }) => [Math.ceil(most / ROW_THREADS), top],
  cpu({ touched, samples, slots, forms, scores }, { top, candidate }) {
    for (let j = 0; j < top; j++) {
      for (let e = touched[TOUCH * j + 2]!; e < touched[TOUCH * j + 3]!; e++) {
        const i = samples[e]!;
        if (isShared(touched, slots, i, j, top)) continue;
        scores[i] = classScore(slots, forms, i, top, candidate);
      }
    }
  },
});

/** Whether sample i has one of the first `count` classes of the pick. */
function isShared(touched: Numbers, slots: Numbers, i: number, count: number, top: number) {
  for (let other = 0; other < count; other++) {
    for (let j = i * top; j < (i + 1) * top; j++) {
      if (slots[2 * j] === touched[TOUCH * other]) return true;
    }
  }
  return false;
}
