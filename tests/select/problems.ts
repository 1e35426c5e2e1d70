/** Small random problems, and their selection by the library. */

import fc from "fast-check";
import type { Device } from "../../src/device/device.ts";
import { select, type SelectOptions, type SelectResult } from "../../src/learn/select.ts";
import { bait, type baitOptions } from "../../src/select/bait/bait.ts";
import { FISHERS, WEIGHTINGS } from "../../src/select/strategy/bait-report.ts";
import type { OptionsOf } from "../../src/select/strategy/options.ts";
import { Random } from "../fixture.ts";
import type { Problem } from "./bait/textbook.ts";

/** Problems of ragged sizes, small enough for the textbook. */
export const problems: fc.Arbitrary<Problem> = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 31 }),
  rows: fc.integer({ min: 5, max: 17 }),
  columns: fc.integer({ min: 1, max: 5 }),
  classes: fc.integer({ min: 2, max: 4 }),
  labeled: fc.integer({ min: 0, max: 3 }),
  budget: fc.integer({ min: 1, max: 4 }),
  topClasses: fc.integer({ min: 1, max: 5 }),
  fisher: fc.constantFrom(...FISHERS.filter((fisher) => fisher !== "classes")),
  weighting: fc.constantFrom(...WEIGHTINGS),
  lambda: fc.constantFrom("auto" as const, 1, 0.3),
  oversample: fc.constantFrom(1, 1.5, 2, 3),
}).map(({ seed, rows, columns, classes, ...rest }) => {
  const random = new Random(seed);
  return {
    ...rest,
    features: rowsOf(random.normals(rows * columns), columns),
    logits: rowsOf(random.normals(rows * classes, 1.5), classes),
    labeled: random.distinct(rest.labeled, rows),
    budget: Math.min(rest.budget, rows - rest.labeled),
  };
});

/** Parameters of a run: few cases, and the same ones every time. */
export const few = (numRuns: number) => ({ numRuns, seed: 20261120 });

/** A flat matrix as rows. */
export function rowsOf(values: ArrayLike<number>, columns: number): number[][] {
  return Array.from(
    { length: values.length / columns },
    (_, i) => Array.from({ length: columns }, (_, k) => values[i * columns + k]!),
  );
}

/** Solves a problem, which may have more options of BAIT, with the library. */
export function solve(
  device: Device,
  problem: Problem & OptionsOf<typeof baitOptions>,
  more: Partial<SelectOptions> = {},
): Promise<SelectResult> {
  const { features, logits, labeled, budget, ...options } = problem;
  const strategy = bait(options);
  return select({ device, features, logits, labeled, budget, strategy, ...more });
}
