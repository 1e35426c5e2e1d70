/**
 * One more sample in the joint classes of a batch, by random draws (see `joint.ts`).
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/members/draw-joint.gen.ts";
import { rowGrid } from "../grid.ts";
import { counterHash } from "../../random/counter-hash.ts";
import { LEAST_PROBABILITY } from "./joint.ts";

/**
 * Extends each configuration by a class of one more sample `[members, width]`, which is drawn by
 * the hash of the configuration and `key` from the prediction of the members given the previous
 * classes. Class by class, that is a draw from the joint distribution.
 */
export const drawJoint = /* @__PURE__ */ defineKernel({
  name: "draw-joint",
  wgsl,
  bindings: { sample: "read", weights: "write" },
  params: {
    members: "u32",
    classes: "u32",
    width: "u32",
    configurations: "u32",
    stride: "u32",
    key: "u32",
  },
  constants: {},
  grid: ({ configurations }) => rowGrid(configurations),
  cpu({ sample, weights }, { members, classes, width, configurations, stride, key }) {
    for (let c = 0; c < configurations; c++) {
      const uniform = (counterHash(c, key) >>> 8) / 2 ** 24;
      let [drawn, probability, below] = [0, 0, 0];
      for (let k = 0; k < classes && below <= uniform; k++) {
        let r = 0;
        for (let m = 0; m < members; m++) r += weights[m * stride + c]! * sample[m * width + k]!;
        below += r;
        if (r > 0) [drawn, probability] = [k, r];
      }
      for (let m = 0; m < members; m++) {
        weights[m * stride + c]! *= sample[m * width + drawn]! /
          Math.max(probability, LEAST_PROBABILITY);
      }
    }
  },
});
