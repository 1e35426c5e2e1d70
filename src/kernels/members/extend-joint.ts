/**
 * One more sample in the joint classes of a batch, exactly (see `joint.ts`).
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/members/extend-joint.gen.ts";
import { rowGrid } from "../grid.ts";
import { LEAST_PROBABILITY } from "./joint.ts";

/**
 * Extends every configuration by every class of one more sample `[members, width]`: configuration c
 * and class k become `c classes + k`.
 */
export const extendJoint = /* @__PURE__ */ defineKernel({
  name: "extend-joint",
  wgsl,
  bindings: {
    sample: "read",
    weights: "read",
    shares: "read",
    outWeights: "write",
    outShares: "write",
  },
  params: {
    members: "u32",
    classes: "u32",
    width: "u32",
    configurations: "u32",
    stride: "u32",
    outStride: "u32",
  },
  constants: {},
  grid: ({ configurations, classes }) => rowGrid(configurations * classes),
  cpu({ sample, weights, shares, outWeights, outShares }, params) {
    const { members, classes, width, configurations, stride, outStride } = params;
    for (let e = 0; e < configurations * classes; e++) {
      const [c, k] = [Math.floor(e / classes), e % classes];
      let r = 0;
      for (let m = 0; m < members; m++) r += weights[m * stride + c]! * sample[m * width + k]!;
      for (let m = 0; m < members; m++) {
        const joint = weights[m * stride + c]! * sample[m * width + k]!;
        outWeights[m * outStride + e] = joint / Math.max(r, LEAST_PROBABILITY);
      }
      outShares[e] = shares[c]! * r;
    }
  },
});
