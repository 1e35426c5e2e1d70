/**
 * The last stage of a masked arg-max.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/linalg/take-best.gen.ts";

/**
 * Writes the index of the largest score to `picks[step]`, the score to `taken[step]`, and 0 to its
 * mask. If everything is masked, the index is the `size` of the first stage.
 */
export const takeBest = /* @__PURE__ */ defineKernel({
  name: "take-best",
  wgsl,
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
