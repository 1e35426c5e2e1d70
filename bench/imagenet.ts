/**
 * A pool of the size of ImageNet: 1,281,167 samples with 384 features as half floats.
 *
 * @module
 */

import { kernelTable, memoryTable, selectTable } from "./bait-select.ts";
import { pickTable } from "./bait-pick.ts";
import { estimateSeconds } from "./lib/model.ts";
import { measurePick } from "./lib/picking.ts";
import { measureSelect, type SelectFindings } from "./lib/selecting.ts";
import type { Subject } from "./lib/subject.ts";
import { digits } from "./lib/table.ts";

/** The pool to measure. */
const POOL = {
  rows: 1_281_167,
  columns: 384,
  // Logits of a thousand classes would take 5 GB on the host; `binary` uses only the largest one.
  classes: 10,
  fisher: "binary",
  topClasses: 2,
  storage: "f16",
} as const;
/** A small pool, for `--quick`. */
const QUICK = { ...POOL, rows: 2_562, columns: 32 } as const;
/** The longest estimated selection, in seconds, unless the benchmark is requested by name. */
const SECONDS = 120;

/** The benchmark. */
export const imagenet: Subject = {
  name: "imagenet",
  summary: "A pool of ImageNet's size, 1,281,167 x 384; on fast devices, or when requested",
  async run(context) {
    const { quick, requested, ceilings, note } = context;
    const pool = quick ? QUICK : POOL;
    const fits = ({ budget }: { budget: number }) =>
      estimateSeconds({ ...pool, budget, bytes: 2 }, ceilings) <= SECONDS;
    const budgets = (quick ? [5] : [100, 1000]).filter((budget, place) =>
      fits({ budget }) || (requested && place === 0)
    );
    if (budgets.length === 0) {
      const estimate = estimateSeconds({ ...pool, budget: 100, bytes: 2 }, ceilings);
      note(
        `imagenet is left out: about ${digits(estimate)} s on this device; --only imagenet runs it`,
      );
      return undefined;
    }
    note(`imagenet: single picks, ${pool.rows} x ${pool.columns}`);
    const pick = await measurePick(context, pool);
    const cases: SelectFindings[] = [];
    for (const budget of budgets) {
      note(`imagenet: a selection, B = ${budget}`);
      cases.push(await measureSelect(context, { ...pool, budget }));
    }
    return {
      tables: [
        pickTable([pick]),
        selectTable(cases),
        memoryTable(cases),
        kernelTable(cases[0]!),
      ],
      values: { pick, cases },
    };
  },
};
