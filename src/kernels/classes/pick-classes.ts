/**
 * The classes of a picked sample, and its dual rows in their lists.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/classes/pick-classes.gen.ts";
import { rowGrid } from "../grid.ts";
import { TOUCH } from "./touched.ts";

/**
 * Writes `touched` for the sample `picks[step]`, and appends dual row `base + step top + j` to the
 * list of its class j. `slots` is `[n, top, 2]`: the class and the entry; `starts` holds the first
 * entries of all classes and the end, then the first elements of their lists and the end; `ranks`
 * the numbers of dual rows.
 */
export const pickClasses = /* @__PURE__ */ defineKernel({
  name: "pick-classes",
  wgsl,
  bindings: {
    picks: "read",
    slots: "read",
    starts: "read",
    ranks: "write",
    lists: "write",
    touched: "write",
  },
  params: { step: "u32", top: "u32", classes: "u32", base: "u32" },
  constants: {},
  grid: ({ top }) => rowGrid(top),
  cpu({ picks, slots, starts, ranks, lists, touched }, { step, top, classes, base }) {
    for (let j = 0; j < top; j++) {
      const slot = 2 * (picks[step]! * top + j);
      const k = slots[slot]!;
      const list = starts[classes + 1 + k]!;
      const rank = ranks[k]!;
      touched[TOUCH * j] = k;
      touched[TOUCH * j + 1] = slots[slot + 1]!;
      touched[TOUCH * j + 2] = starts[k]!;
      touched[TOUCH * j + 3] = starts[k + 1]!;
      touched[TOUCH * j + 4] = list;
      touched[TOUCH * j + 5] = list + rank;
      lists[list + rank] = base + step * top + j;
      ranks[k] = rank + 1;
    }
  },
});
