/**
 * The update of the vectors of L-BFGS after `lbfgs-step`.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/head/lbfgs-move.gen.ts";
import { elementGrid } from "../grid.ts";
import { lbfgsLayout, State } from "./lbfgs.ts";

/**
 * If the trial point is accepted, it becomes the iterate and the pair of differences is stored. If
 * there is a new direction, `d` becomes the combination of g, s and y with the coefficients in the
 * state. If the search continues, `trial = x + alpha d`.
 */
export const lbfgsMove = /* @__PURE__ */ defineKernel({
  name: "lbfgs-move",
  wgsl,
  bindings: {
    state: "read",
    gradient: "read",
    trial: "write",
    work: "write",
    s: "write",
    y: "write",
  },
  params: { size: "u32" },
  constants: { history: 10 },
  grid: ({ size }) => elementGrid(size),
  cpu({ state, gradient, trial, work, s, y }, { size }, { history }) {
    const layout = lbfgsLayout(history);
    const slot = state[State.slot]!;
    const pairs = state[State.pairs]!;
    const [x, g, d] = [0, size, 2 * size];
    for (let i = 0; i < size; i++) {
      if (state[State.accept]) {
        if (slot < history) {
          s[slot * size + i] = trial[i]! - work[x + i]!;
          y[slot * size + i] = gradient[i]! - work[g + i]!;
        }
        work[x + i] = trial[i]!;
        work[g + i] = gradient[i]!;
      }
      if (state[State.turn]) {
        let sum = state[State.ofGradient]! * work[g + i]!;
        for (let j = 0; j < pairs; j++) {
          sum += state[layout.ofS + j]! * s[j * size + i]!;
          sum += state[layout.ofY + j]! * y[j * size + i]!;
        }
        work[d + i] = sum;
      }
      if (state[State.go]) trial[i] = work[x + i]! + state[State.alpha]! * work[d + i]!;
    }
  },
});
