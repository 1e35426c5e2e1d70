/**
 * The joint classes of a batch under several members, kept as configurations: class 3 of the first sample and
 * class 0 of the second, say. Of each the kernels know the probability, `shares` `[stride]`, and how probable
 * the members are once those classes are known, `weights` `[members, stride]`; what is beyond the number of
 * configurations is 0. Posteriors, unlike products of probabilities, do not vanish in long batches.
 *
 * @module
 */

import { defineKernel, linearGrid } from "../../device/kernel.ts";
import {
  drawJoint as drawWgsl,
  extendJoint as extendWgsl,
  jointGains as gainsWgsl,
} from "../../shaders.gen.ts";
import { counterHash } from "../../random/counter-hash.ts";

/**
 * Every configuration with every class of one more sample `[members, width]`: configuration c and class k
 * become `c classes + k`.
 */
export const extendJoint = defineKernel({
  name: "extend-joint",
  wgsl: extendWgsl,
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
  grid: ({ configurations, classes }) => linearGrid(Math.ceil(configurations * classes / 64)),
  cpu({ sample, weights, shares, outWeights, outShares }, params) {
    const { members, classes, width, configurations, stride, outStride } = params;
    for (let e = 0; e < configurations * classes; e++) {
      const [c, k] = [Math.floor(e / classes), e % classes];
      let r = 0;
      for (let m = 0; m < members; m++) r += weights[m * stride + c]! * sample[m * width + k]!;
      for (let m = 0; m < members; m++) {
        const joint = weights[m * stride + c]! * sample[m * width + k]!;
        outWeights[m * outStride + e] = joint / Math.max(r, 1e-37);
      }
      outShares[e] = shares[c]! * r;
    }
  },
});

/**
 * Every configuration with one class of one more sample `[members, width]`, drawn by the hash of the
 * configuration and `key` from what the members predict once the classes before are known. Class after class
 * that is a draw from the joint distribution.
 */
export const drawJoint = defineKernel({
  name: "draw-joint",
  wgsl: drawWgsl,
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
  grid: ({ configurations }) => linearGrid(Math.ceil(configurations / 64)),
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
        weights[m * stride + c]! *= sample[m * width + drawn]! / Math.max(probability, 1e-37);
      }
    }
  },
});

/**
 * `gains[base + i] = sum_c shares[c] H(r_ic) - sum_m posterior[m] H(p_im)`, not below 0, with
 * `r_ic(k) = sum_m weights[m, c] p_im(k)` and `posterior[m] = sum_c shares[c] weights[m, c]`: what row
 * `offset + i` of `stacked` `[rows, members, 4 classQuads]` tells about the member beyond what the batch does.
 * There are `4 quads` configurations.
 */
export const jointGains = defineKernel({
  name: "joint-gains",
  wgsl: gainsWgsl,
  bindings: { stacked: "read", weights: "read", shares: "read", posterior: "read", gains: "write" },
  params: {
    rows: "u32",
    offset: "u32",
    base: "u32",
    members: "u32",
    classQuads: "u32",
    quads: "u32",
  },
  constants: {},
  grid: ({ rows }) => linearGrid(rows),
  cpu({ stacked, weights, shares, posterior, gains }, params) {
    const { rows, offset, base, members, classQuads, quads } = params;
    const [width, stride] = [4 * classQuads, 4 * quads];
    const r = new Float64Array(stride);
    for (let i = 0; i < rows; i++) {
      const start = (offset + i) * members * width;
      let sum = 0;
      for (let k = 0; k < width; k++) {
        r.fill(0);
        for (let m = 0; m < members; m++) {
          const p = stacked[start + m * width + k]!;
          if (p <= 0) continue;
          sum += posterior[m]! * p * Math.log(p);
          for (let c = 0; c < stride; c++) r[c]! += weights[m * stride + c]! * p;
        }
        for (let c = 0; c < stride; c++) {
          if (r[c]! > 0) sum -= shares[c]! * r[c]! * Math.log(r[c]!);
        }
      }
      gains[base + i] = Math.max(0, sum);
    }
  },
});
