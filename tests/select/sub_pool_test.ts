/** The options that make a large pool smaller: random candidates, and partitions. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { select } from "../../src/learn/select.ts";
import { bait as baitStrategy } from "../../src/select/bait/bait.ts";
import { loadStrategy } from "../../src/select/registry.ts";
import { margin } from "../../src/select/strategies/margin.ts";
import { deviceTest, Random, sharedDevice } from "../fixture.ts";
import { refuses } from "../io/fixtures.ts";

function problem(seed = 1, rows = 83, columns = 6, classes = 3) {
  const random = new Random(seed);
  return {
    features: { data: random.normals(rows * columns), columns },
    logits: { data: random.normals(rows * classes), columns: classes },
    labeled: random.distinct(8, rows),
    excluded: [5, 6, 7],
    budget: 10,
  };
}

deviceTest(
  "candidates: all picks are of one random subset, which the seed draws",
  async (device) => {
    const input = { ...problem(), device };
    const subset = async (seed: number) => {
      const all = await select({
        ...input,
        strategy: margin({ candidates: 20 }),
        budget: 20,
        seed,
      });
      return new Set(all.picks);
    };
    const drawn = await subset(0);
    assert.equal(drawn.size, 20);
    for (const name of ["margin", "bait", "coreset", "badge", "typiclust", "random"] as const) {
      const strategy = (await loadStrategy(name))({ candidates: 20 });
      const { picks } = await select({ ...input, strategy });
      assert.equal(new Set(picks).size, 10);
      assert.ok(picks.every((pick) => drawn.has(pick)), name);
      const again = await select({ ...input, strategy });
      assert.deepEqual(again.picks, picks);
    }
    assert.notDeepEqual(await subset(1), drawn);
    const whole = await select({ ...input, strategy: "margin" });
    assert.deepEqual(await select({ ...input, strategy: margin({ candidates: 1000 }) }), whole);
  },
);

deviceTest(
  "candidates: the best of the subset are those that the whole pool ranks first",
  async (device) => {
    const input = { ...problem(2), device };
    const ranked = (await select({ ...input, strategy: margin, budget: 72 })).picks;
    const strategy = margin({ candidates: 30 });
    const { picks, scores } = await select({ ...input, strategy });
    const drawn = (await select({ ...input, strategy, budget: 30 })).picks;
    assert.deepEqual(picks, ranked.filter((index) => drawn.includes(index)).slice(0, 10));
    assert.deepEqual(scores, scores!.toSorted((a, b) => b - a));
  },
);

deviceTest("bait: a subset is chosen from as if it were the pool", async (device) => {
  const { features, logits, labeled } = problem(3);
  const { picks, bait } = await select({
    device,
    features,
    logits,
    labeled,
    budget: 6,
    strategy: baitStrategy({ fisher: "exp", candidates: 25 }),
  });
  assert.equal(bait!.forward.length, 12);
  assert.ok(picks.every((pick) => bait!.forward.includes(pick)));
  // The same by hand: the labeled samples with everything that can be chosen of the subset.
  const all = { device, features, logits, labeled, budget: 25 };
  const drawn = (await select({ ...all, strategy: margin({ candidates: 25 }) })).picks;
  const rows = [...labeled, ...drawn].sort((a, b) => a - b);
  const of = ({ data, columns }: { data: Float32Array; columns: number }) =>
    rows.map((row) => Array.from(data.subarray(row * columns, (row + 1) * columns)));
  const byHand = await select({
    device,
    features: of(features),
    logits: of(logits),
    labeled: labeled.map((index) => rows.indexOf(index)),
    budget: 6,
    strategy: baitStrategy({ fisher: "exp" }),
  });
  assert.deepEqual(byHand.picks.map((at) => rows[at]), picks);
});

Deno.test("partitions: the budget is shared, no sample comes twice, any numbers fit", async () => {
  const device = await sharedDevice("cpu");
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer(),
      async (budget, partitions, seed) => {
        const { features, logits, labeled } = problem(4, 38);
        const strategy = margin({ partitions });
        const options = { device, features, logits, labeled, budget, seed, strategy };
        const { picks, scores } = await select(options);
        assert.equal(new Set(picks).size, budget);
        assert.equal(scores!.length, budget);
        assert.ok(picks.every((pick) => !labeled.includes(pick)));
      },
    ),
    { numRuns: 60 },
  );
});

deviceTest("partitions: each part gets its best, and BAIT has no one report", async (device) => {
  const input = { ...problem(5), device };
  const inParts = baitStrategy({ fisher: "binary", partitions: 3 });
  const { picks, bait } = await select({ ...input, strategy: inParts });
  assert.equal(bait, undefined);
  assert.equal(new Set(picks).size, 10);
  // With as many parts as picks every pick is the best of a part.
  const single = await select({ ...input, strategy: margin({ partitions: 10 }) });
  const ranked = (await select({ ...input, strategy: "margin" })).picks;
  assert.ok(single.picks.includes(ranked[0]!));
});

Deno.test("sub-pools: numbers out of range are refused", async () => {
  const device = await sharedDevice("cpu");
  const input = { ...problem(), device };
  await refuses(
    () => margin({ candidates: 0 }),
    "Option candidates of margin must be a whole number, 1 or more: found 0",
  );
  await refuses(
    () => margin({ partitions: 1.5 }),
    "Option partitions of margin must be a whole number, 1 or more: found 1.5",
  );
  await refuses(
    () => select({ ...input, strategy: "margin(partitions=1.5)" }),
    "Option partitions of margin must be a whole number, 1 or more: found 1.5",
  );
  await refuses(
    () => select({ ...input, strategy: margin({ candidates: 9 }) }),
    "Cannot select 10 samples from 9 random candidates",
  );
});
