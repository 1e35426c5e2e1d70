/** BAIT's cheaper ways: one look at the scores (`topk`), and diagonal matrices. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { arrayRows } from "../../../src/io/rows.ts";
import { select } from "../../../src/learn/select.ts";
import { bait as baitStrategy } from "../../../src/select/bait/bait.ts";
import { Pool } from "../../../src/pool/pool.ts";
import { baitObjectives, runBait } from "../../../src/select/bait/run-bait.ts";
import { assertClose, deviceTest, Random, sharedDevice, withLimits } from "../../fixture.ts";
import { refuses } from "../../io/fixtures.ts";
import { few, problems, solve } from "../problems.ts";
import { textbookBait, textbookObjective } from "./textbook.ts";

Deno.test("diagonal: every form and weighting picks as the textbook with diagonals", async () => {
  const device = await sharedDevice("cpu");
  await fc.assert(
    fc.asyncProperty(problems, async (problem) => {
      const { picks, bait } = await solve(device, { ...problem, diagonal: true });
      const expected = textbookBait({ ...problem, diagonal: true });
      assert.deepEqual(bait!.forward, expected.forward);
      assert.deepEqual(picks, expected.picks);
      assertClose(bait!.forwardScores, expected.forwardScores, { relative: 1e-6, absolute: 1e-8 });
      assertClose([bait!.objective], [expected.objective], { relative: 1e-6, absolute: 0 });
      assertClose([bait!.lambda], [expected.lambda], { relative: 1e-6, absolute: 0 });
    }),
    few(60),
  );
});

deviceTest(
  "diagonal: the devices agree, in one segment or several, and with half floats",
  async (device) => {
    const random = new Random(3);
    const [rows, columns, classes] = [700, 16, 5];
    const data = random.normals(rows * columns).map((value) => Math.round(8 * value) / 8);
    const input = {
      features: { data, columns },
      logits: { data: random.normals(rows * classes, 1.5), columns: classes },
      labeled: random.distinct(20, rows),
      budget: 12,
    };
    const cpu = await sharedDevice("cpu");
    const small = withLimits(device, { bindingBytes: 256 * columns * 4 });
    for (const fisher of ["full", "exp", "binary", "regression"] as const) {
      const strategy = baitStrategy({ fisher, diagonal: true });
      const exact = await select({ ...input, device: cpu, strategy });
      for (const more of [{ device }, { device: small }, { device, storage: "f16" }] as const) {
        const { picks, bait } = await select({ ...input, ...more, strategy });
        assert.deepEqual(picks, exact.picks, fisher);
        assertClose([bait!.objective], [exact.bait!.objective], { relative: 1e-5 });
      }
    }
  },
);

deviceTest("diagonal: fits where the matrices do not", async (device) => {
  const random = new Random(4);
  const [rows, columns, classes] = [60, 24, 30];
  const input = {
    features: { data: random.normals(rows * columns), columns },
    logits: { data: random.normals(rows * classes), columns: classes },
    budget: 4,
    device: withLimits(device, { bindingBytes: 65536 }),
  };
  const full = baitStrategy({ fisher: "full" });
  await assert.rejects(() => select({ ...input, strategy: full }), { name: "DeviceError" });
  const diagonal = baitStrategy({ fisher: "full", diagonal: true });
  assert.equal((await select({ ...input, strategy: diagonal })).picks.length, 4);
});

Deno.test("topk: the best first scores of the textbook, and the objective of the batch", async () => {
  const device = await sharedDevice("cpu");
  await fc.assert(
    fc.asyncProperty(problems, async (problem) => {
      const { picks, bait } = await solve(device, { ...problem, select: "topk" });
      // The score of each sample at the start: what the first pick would have been without the
      // others.
      const empty = textbookObjective(problem, []);
      const known = new Set(problem.labeled);
      const gains = problem.features.map((_, i) =>
        known.has(i) ? -Infinity : empty - textbookObjective(problem, [i])
      );
      const least = Math.min(...picks.map((pick) => gains[pick]!));
      const others = gains.filter((_, i) => !picks.includes(i));
      assert.ok(Math.max(...others, -Infinity) <= least + 1e-8 * Math.abs(empty));
      assertClose(bait!.forwardScores, picks.map((pick) => gains[pick]!), {
        relative: 1e-6,
        absolute: 1e-8 * empty,
      });
      assertClose([bait!.objective], [textbookObjective(problem, picks)], { relative: 1e-6 });
      const greedy = await solve(device, { ...problem, oversample: 1 });
      assert.equal(picks[0], greedy.bait!.forward[0]);
    }),
    few(40),
  );
});

deviceTest("topk: the devices agree, also with diagonals", async (device) => {
  const random = new Random(5);
  const [rows, columns, classes] = [93, 6, 4];
  const input = {
    features: { data: random.normals(rows * columns), columns },
    logits: { data: random.normals(rows * classes, 1.5), columns: classes },
    labeled: random.distinct(6, rows),
    budget: 9,
  };
  const cpu = await sharedDevice("cpu");
  for (const diagonal of [false, true]) {
    for (const fisher of ["full", "exp", "binary"] as const) {
      const strategy = baitStrategy({ fisher, diagonal, select: "topk" });
      const exact = await select({ ...input, strategy, device: cpu });
      const found = await select({ ...input, strategy, device });
      assert.deepEqual(found.picks, exact.picks);
      assert.deepEqual(found.bait!.forward, found.picks);
    }
  }
});

Deno.test("bait: called by itself it refuses what select refuses", async () => {
  const device = await sharedDevice("cpu");
  using pool = await Pool.from(device, arrayRows("features", [[1], [2], [3]]));
  const run = (budget: number, labeled: number[]) => () =>
    runBait(pool, { fisher: "regression", budget, labeled });
  await refuses(run(3, [0]), "Cannot select 3 samples: only 2 are unlabeled");
  await refuses(run(1, [3]), "Labeled index 3 is out of range: the pool has 3 samples, 0 to 2");
  const measured = (batch: number[]) => () =>
    baitObjectives(pool, { fisher: "regression", budget: 2, labeled: [0] }, [[1, 2], batch]);
  for (const [batch, bad] of [[[1, 0], "0"], [[2, 3], "3"], [[2, 2], "2"]] as const) {
    await refuses(
      measured([...batch]),
      `Cannot measure batch 1: ${bad} at position 1 is no unlabeled sample, or stands there twice`,
    );
  }
  await refuses(run(1.5, []), "The budget must be a whole number of samples, 1 or more: found 1.5");
});
