/**
 * One pick of BAIT, compared with the textbook algorithm.
 *
 * @module
 */

import { measurePick, type PickCase, type PickFindings } from "./lib/picking.ts";
import type { Subject } from "./lib/subject.ts";
import { digits, percent, type Table } from "./lib/table.ts";

/** The pools to measure. */
const CASES: readonly PickCase[] = [
  { rows: 10_000, columns: 384, classes: 10, fisher: "binary", topClasses: 2 },
  { rows: 5_000, columns: 32, classes: 10, fisher: "exp", topClasses: 2 },
  { rows: 2_000, columns: 32, classes: 10, fisher: "full", topClasses: 2 },
];
/** Small pools, for `--quick`. */
const QUICK: readonly PickCase[] = [
  { rows: 1_000, columns: 32, classes: 5, fisher: "binary", topClasses: 2 },
  { rows: 500, columns: 16, classes: 5, fisher: "exp", topClasses: 2 },
  { rows: 300, columns: 16, classes: 5, fisher: "full", topClasses: 2 },
];

/** The benchmark. */
export const baitPick: Subject = {
  name: "bait-pick",
  summary: "One pick of BAIT against the textbook form, on the same device in the same run",
  async run(context) {
    const cases: PickFindings[] = [];
    for (const one of context.quick ? QUICK : CASES) {
      context.note(`bait-pick: ${one.fisher}, ${one.rows} x ${one.columns}, K = ${one.classes}`);
      cases.push(await measurePick(context, one));
    }
    return { tables: [pickTable(cases)], values: { cases } };
  },
};

/** The table of the measured picks. */
export function pickTable(cases: readonly PickFindings[]): Table {
  return {
    title: "One pick: Creel's rank updates against the textbook form",
    columns: [
      "case",
      "n x d",
      "K",
      "D",
      "Creel ms",
      "GB/s",
      "of copy",
      "textbook ms",
      "GFLOP/s",
      "of matmul",
      "ratio",
      "same picks",
    ],
    rows: cases.map(({ creel, textbook, ceilings, ...one }) => [
      `${one.fisher}${one.storage === "f16" ? " f16" : ""}`,
      `${one.rows} x ${one.columns}`,
      one.classes,
      one.D,
      digits(1000 * creel.seconds),
      digits(creel.GBs),
      percent(creel.GBs / ceilings.copyGBs),
      digits(1000 * textbook.seconds),
      digits(textbook.GFLOPs),
      percent(textbook.GFLOPs / ceilings.matmulGFLOPs),
      digits(one.ratio),
      `first ${one.picks.length}`,
    ]),
    notes: [
      "textbook: after each pick the forms of all samples anew from M^-1 and P, O(n d^2 K^2); same kernels",
      ...cases.map(({ fisher, rows, picks }) =>
        `${fisher}, n = ${rows}: both pick ${picks.join(" ")}`
      ),
    ],
  };
}
