/**
 * The time of a selection by kernel, for each form of the Fisher information.
 *
 * @module
 */

import { kernelTable } from "./bait-select.ts";
import { measureSelect, type SelectCase, type SelectFindings } from "./lib/selecting.ts";
import type { Subject } from "./lib/subject.ts";

/** The pools to measure. */
const CASES: readonly SelectCase[] = [
  { rows: 10_000, columns: 384, classes: 10, fisher: "binary", topClasses: 2, budget: 100 },
  { rows: 5_000, columns: 32, classes: 10, fisher: "exp", topClasses: 2, budget: 50 },
  { rows: 2_000, columns: 32, classes: 10, fisher: "full", topClasses: 2, budget: 20 },
];
/** Small pools, for `--quick`. */
const QUICK: readonly SelectCase[] = CASES.map((one) => ({
  ...one,
  rows: 300,
  columns: 16,
  classes: 4,
  budget: 5,
}));

/** The benchmark. */
export const profile: Subject = {
  name: "profile",
  summary: "Time by kernel of one selection, for each form of the information",
  async run(context) {
    const cases: SelectFindings[] = [];
    for (const one of context.quick ? QUICK : CASES) {
      context.note(`profile: ${one.fisher}, ${one.rows} x ${one.columns}`);
      cases.push(await measureSelect(context, one));
    }
    return { tables: cases.map(kernelTable), values: { cases } };
  },
};
