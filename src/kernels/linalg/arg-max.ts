/**
 * Masked arg-max in two stages; ties go to the lowest index.
 *
 * @module
 */

import { defineKernel, linearGrid } from "../../device/kernel.ts";
import { argMaxGroups as groupsWgsl, takeBest as takeWgsl } from "../../shaders.gen.ts";

const LOWEST = Math.fround(-3.4e38);

/** The samples that one group of the first stage covers. */
export const ARG_MAX_GROUP = 256;

/** The best score and its index in each group of 256 whose mask is not 0. */
export const argMaxGroups = defineKernel({
  name: "arg-max-groups",
  wgsl: groupsWgsl,
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

/**
 * The index of the best group's best into `picks[step]`, its score into `taken[step]`, and its mask to 0; the
 * pick is `size` of the first stage if all is masked.
 */
export const takeBest = defineKernel({
  name: "take-best",
  wgsl: takeWgsl,
  bindings: { values: "read", indices: "read", mask: "write", picks: "write", taken: "write" },
  params: { groups: "u32", step: "u32" },
  constants: {},
  grid: () => [1],
  cpu({ values, indices, mask, picks, taken }, { groups, step }) {
    let best = 0;
    for (let g = 1; g < groups; g++) {
      const better = values[g]! > values[best]! ||
        (values[g] === values[best] && indices[g]! < indices[best]!);
      if (better) best = g;
    }
    picks[step] = indices[best]!;
    taken[step] = values[best]!;
    if (indices[best]! < mask.length) mask[indices[best]!] = 0;
  },
});
