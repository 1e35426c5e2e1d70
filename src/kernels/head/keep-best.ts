/**
 * Early stopping, decided on the device.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/head/keep-best.gen.ts";
import { elementGrid } from "../grid.ts";

/**
 * Copies the parameters to `kept` if `losses[epoch]` is below the best of the epochs before and
 * not more than `patience` epochs after it. `state` `[epochs + 1, 2]` holds the best loss and its
 * epoch, up to and including each epoch from 1 on; row 0 is `[large, 0]`. Epochs that are recorded
 * after the end of the patience have no effect.
 */
export const keepBest = /* @__PURE__ */ defineKernel({
  name: "keep-best",
  wgsl,
  bindings: { losses: "read", parameters: "read", state: "write", kept: "write" },
  params: { epoch: "u32", size: "u32", patience: "u32" },
  constants: {},
  grid: ({ size }) => elementGrid(size),
  cpu({ losses, parameters, state, kept }, { epoch, size, patience }) {
    const before = 2 * (epoch - 1);
    const [best, when] = [state[before]!, state[before + 1]!];
    const better = epoch <= when + patience && losses[epoch]! < best;
    state[before + 2] = better ? losses[epoch]! : best;
    state[before + 3] = better ? epoch : when;
    if (better) { for (let e = 0; e < size; e++) kept[e] = parameters[e]!; }
  },
});
