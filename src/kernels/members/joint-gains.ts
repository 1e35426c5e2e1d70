/**
 * The information gain of each sample beyond that of a batch (see `joint.ts`).
 *
 * @module
 */

import { defineKernel, linearGrid } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/members/joint-gains.gen.ts";

/**
 * `gains[base + i] = sum_c shares[c] H(r_ic) - sum_m posterior[m] H(p_im)`, at least 0, with
 * `r_ic(k) = sum_m weights[m, c] p_im(k)` and `posterior[m] = sum_c shares[c] weights[m, c]`: the
 * information about the member in the class of row `offset + i` of `stacked`
 * `[rows, members, 4 classQuads]`, beyond that of the batch. There are `4 quads` configurations.
 */
export const jointGains = /* @__PURE__ */ defineKernel({
  name: "joint-gains",
  wgsl,
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
