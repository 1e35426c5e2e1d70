/** What holds for every strategy, on small pools of any kind. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { InputError } from "../../src/errors.ts";
import { select, type SelectResult } from "../../src/learn/select.ts";
import { STRATEGIES } from "../../src/select/strategy/names.ts";
import { Random, sharedDevice } from "../fixture.ts";

/** Pools down to one sample, one feature, one class; also with equal samples, all labeled but a few, or none. */
const pools = fc.record({
  seed: fc.integer({ min: 0, max: 1e6 }),
  rows: fc.integer({ min: 1, max: 24 }),
  columns: fc.integer({ min: 1, max: 9 }),
  classes: fc.integer({ min: 1, max: 4 }),
  labeled: fc.integer({ min: 0, max: 8 }),
  budget: fc.integer({ min: 1, max: 12 }),
  levels: fc.constantFrom(0, 1, 2, 1000),
  excluded: fc.integer({ min: 0, max: 2 }),
  partitions: fc.constantFrom(undefined, 1, 3),
});

for (const strategy of STRATEGIES) {
  Deno.test(`every strategy: ${strategy} picks what is asked for, or says why not`, async () => {
    const device = await sharedDevice("cpu");
    let chosen = 0;
    await fc.assert(
      fc.asyncProperty(pools, async ({ seed, rows, columns, classes, levels, ...rest }) => {
        const random = new Random(seed);
        const value = () => levels === 1000 ? random.normals(1)[0]! : random.integer(levels + 1);
        const data = Float32Array.from({ length: rows * columns }, value);
        const order = random.distinct(rows, rows);
        const known = Math.min(rest.labeled, rows - 1);
        const labeled = order.slice(0, known);
        const excluded = order.slice(known, known + Math.min(rest.excluded, rows - known - 1));
        const open = order.slice(known + excluded.length);
        const truth = Array.from({ length: rows }, () => random.integer(classes));
        const head = {
          weight: { data: random.normals(classes * columns), columns },
          bias: Array.from(random.normals(classes)),
        };
        const before = device.memory.count;
        let result: SelectResult;
        try {
          result = await select({
            device,
            strategy,
            features: { data, columns },
            labeled,
            labels: labeled.map((index) => truth[index]!),
            excluded,
            head,
            oracle: (index) => truth[index]!,
            budget: Math.min(rest.budget, open.length),
            partitions: rest.partitions,
            seed,
          });
        } catch (error) {
          // One sentence, without a full stop.
          assert.ok(error instanceof InputError, `${(error as Error).stack}`);
          assert.match(error.message, /^Cannot run [a-z-]+ with.*[^.]$/);
          return;
        } finally {
          assert.equal(device.memory.count, before);
        }
        const { picks, scores } = result;
        chosen++;
        assert.equal(picks.length, Math.min(rest.budget, open.length));
        assert.equal(new Set(picks).size, picks.length);
        assert.ok(picks.every((pick) => open.includes(pick)));
        assert.ok(scores === undefined || scores.every(Number.isFinite), `${scores}`);
      }),
      { numRuns: 60, seed: 20261121 },
    );
    assert.ok(chosen >= 20, `${chosen} of 60 pools`);
  });
}
