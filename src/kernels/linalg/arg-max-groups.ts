/**
 * The first stage of a masked arg-max; ties go to the lowest index.
 *
 * @module
 */

import { defineKernel, linearGrid } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/linalg/arg-max-groups.gen.ts";

/** The samples that one group covers. */
export const ARG_MAX_GROUP = 256;

/** The score of a group in which everything is masked. */
export const LOWEST = /* @__PURE__ */ Math.fround(-3.4e38);

/** The best score and its index in each group of 256 whose mask is not 0. */
export const argMaxGroups = /* @__PURE__ */ defineKernel({
  name: "arg-max-groups",
  wgsl,
  bindings: { scores: "read", mask: "read", values: "write", indices: "write" },
  params: { size: "u32" },
  constants: {},
  grid: ({ size }) => linearGrid(Math.ceil(size / ARG_MAX_GROUP)),
  cpu({ scores, mask, values, indices }, { size }) {
    for (let g = 0; g * ARG_MAX_GROUP < size; g++) {
      values[g] = LOWEST;
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
