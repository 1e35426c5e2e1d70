/**
 * Running statistics of the predictions of several members: an ensemble of heads, or one head with
 * dropout.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/members/add-member.gen.ts";
import { rowGrid } from "../grid.ts";

/**
 * Adds a member, counted from 0: to the running means of the probabilities `[rows, classes]` and of
 * their entropies `[rows]`, and a vote for its arg-max (of equal ones the lowest) to the votes
 * `[rows, classes]`. Member 0 replaces the previous values. Running means of equal members are
 * exact, unlike sums of p / M; votes are integers, so that ties stay ties.
 */
export const addMember = /* @__PURE__ */ defineKernel({
  name: "add-member",
  wgsl,
  bindings: { probabilities: "read", mean: "write", entropies: "write", votes: "write" },
  params: { rows: "u32", classes: "u32", member: "u32" },
  constants: {},
  grid: ({ rows }) => rowGrid(rows),
  cpu({ probabilities, mean, entropies, votes }, { rows, classes, member }) {
    for (let i = 0; i < rows; i++) {
      const start = i * classes;
      let best = -1;
      let label = 0;
      let entropy = 0;
      for (let k = 0; k < classes; k++) {
        const p = probabilities[start + k]!;
        if (p > 0) entropy -= p * Math.log(p);
        if (p > best) {
          best = p;
          label = k;
        }
        if (member === 0) {
          mean[start + k] = p;
          votes[start + k] = 0;
        } else {
          mean[start + k]! += (p - mean[start + k]!) / (member + 1);
        }
      }
      votes[start + label]!++;
      if (member === 0) entropies[i] = entropy;
      else entropies[i]! += (entropy - entropies[i]!) / (member + 1);
    }
  },
});
