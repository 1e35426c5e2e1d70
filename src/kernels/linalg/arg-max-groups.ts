/**
 * The first stage of a masked arg-max; of equal values the lowest index wins.
 *
 * @module
 */

import { defineKernel, linearGrid } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/linalg/arg-max-groups.gen.ts";

/** The number of samples of a group. */
export const ARG_MAX_GROUP = 256;

/** The score of a group whose samples are all masked. */
export const LOWEST_SCORE = /* @__PURE__ */ Math.fround(-3.4e38);

/** For each group of 256 samples, the largest score whose mask is not 0, and its index. */
export const argMaxGroups = /* @__PURE__ */ defineKernel({
  name: "arg-max-groups",
  wgsl,
  bindings: { scores: "read", mask: "read", values: "write", indices: "write" },
  params: { size: "u32" },
  constants: {},
  grid: ({ size }) => linearGrid(Math.ceil(size / ARG_MAX_GROUP)),
  cpu({ scores, mask, values, indices }, { size }) {
    for (let g = 0; g * ARG_MAX_GROUP < size; g++) {
      values[g] = LOWEST_SCORE;
      indices[g] = size;
      const end = Math.min(size, (g + 1) * ARG_MAX_GROUP);
      for (let i = g * ARG_MAX_GROUP; i < end; i++) {
        if (mask[i] === 0 || (indices[g] !== size && scores[i]! <= values[g]!)) continue;
        values[g] = scores[i]!;
        indices[g] = i;
      }
    }
  },
});
