/**
 * The predictions of several members side by side.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/members/stack-member.gen.ts";
import { elementGrid } from "../grid.ts";

/** `stacked[i, member, k] = p[i, k]`, of `[rows, members, width]`. */
export const stackMember = /* @__PURE__ */ defineKernel({
  name: "stack-member",
  wgsl,
  bindings: { probabilities: "read", stacked: "write" },
  params: { rows: "u32", classes: "u32", members: "u32", member: "u32", width: "u32" },
  constants: {},
  grid: ({ rows, classes }) => elementGrid(rows * classes),
  cpu({ probabilities, stacked }, { rows, classes, members, member, width }) {
    for (let i = 0; i < rows; i++) {
      for (let k = 0; k < classes; k++) {
        stacked[(i * members + member) * width + k] = probabilities[i * classes + k]!;
      }
    }
  },
});
