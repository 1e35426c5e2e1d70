import assert from "node:assert/strict";
import {
  checkSizes,
  drawSplit,
  openSplit,
  type SimulationData,
  splitSizes,
} from "../../src/learn/simulation/data.ts";
import {
  initialLabels,
  runsOnTargets,
  simulate,
  type SimulationRun,
  type SimulationSettings,
} from "../../src/learn/simulation/simulation.ts";
import { keyOf, Purpose } from "../../src/random/counter-hash.ts";
import { sample } from "../../src/random/sample.ts";
import { bait } from "../../src/select/bait/bait.ts";
import { namedStrategy } from "../../src/select/named-strategy.ts";
import { STRATEGIES } from "../../src/select/strategy/names.ts";
import { FISHERS } from "../../src/select/strategy/bait-report.ts";
import { defineStrategy } from "../../src/select/strategy/strategy.ts";
import { strategyText } from "../../src/select/strategy/strategy-text.ts";
import { deviceTest, Random, sharedDevice } from "../fixture.ts";
import { refuses } from "../io/fixtures.ts";

/** Three overlapping classes of 30 rows each in 5 dimensions, or a plane with noise. */
function data(kind: "classes" | "values" = "classes"): SimulationData {
  const random = new Random(4);
  const rows = 90;
  const columns = 5;
  const features = random.normals(rows * columns);
  const truth = Array.from({ length: rows }, (_, i) => i % 3);
  truth.forEach((k, i) => features[i * columns + k]! += 2);
  const values = truth.map((_, i) => 3 * features[i * columns]! + 0.1 * random.uniform());
  const pool = { features, columns, truth: kind === "classes" ? truth : values };
  return { pool, classes: kind === "classes" ? 3 : undefined };
}

const settings: SimulationSettings = {
  initial: 4,
  rounds: 2,
  budget: 3,
  testShare: 0.3,
  scale: "standardize",
  head: "linear",
};

/** BAIT in its forms, and every other strategy. */
const ALL = [
  ...FISHERS.map((fisher) => bait({ fisher })),
  ...await Promise.all(STRATEGIES.filter((name) => name !== "bait").map(namedStrategy)),
];

/** The first candidates, from the end of the pool with the option for that. */
const first = defineStrategy({
  name: "first",
  options: { fromEnd: { kind: "flag", help: "Start at the end" } },
  select: ({ candidates, budget }, { fromEnd }) =>
    Promise.resolve({
      picks: (fromEnd ? candidates.toReversed() : candidates).slice(0, budget),
    }),
});

/** A run without what differs from one time to the next. */
function timeless(run: SimulationRun) {
  return {
    ...run,
    rounds: run.rounds.map(({ labels, scores, balance }) => ({ labels, scores, balance })),
  };
}

Deno.test("a seed decides the split: disjoint, of the given sizes, another for another seed", () => {
  const all = data();
  const split = drawSplit(all, 7, settings);
  assert.deepEqual([split.test.length, split.pool.length], [27, 63]);
  assert.equal(new Set([...split.test, ...split.pool]).size, 90);
  assert.deepEqual(drawSplit(all, 7, settings), split);
  assert.notDeepEqual(drawSplit(all, 8, settings), split);
  const subset = drawSplit(all, 7, { ...settings, subset: 20 });
  assert.deepEqual(subset, { test: split.test, pool: split.pool.slice(0, 20) });
});

Deno.test("with a test file the whole pool is chosen from", () => {
  const all = { ...data(), test: data().pool };
  assert.deepEqual(splitSizes(all, settings), { pool: 90, test: 90 });
  assert.deepEqual(drawSplit(all, 1, settings).test, Array.from({ length: 90 }, (_, i) => i));
});

Deno.test("every use of a seed has its own numbers", () => {
  const drawn = new Set<number>();
  const purposes = Object.keys(Purpose) as Purpose[];
  for (let seed = 0; seed < 20; seed++) {
    for (const purpose of purposes) {
      for (let round = 0; round < 20; round++) drawn.add(keyOf(seed, purpose, round));
    }
  }
  assert.equal(drawn.size, 20 * purposes.length * 20);
});

Deno.test("the pool is standardized, and the test set by the pool's moments", async () => {
  using split = await openSplit(await sharedDevice("cpu"), data(), 3, settings);
  const { features, columns } = split.poolSamples;
  for (let f = 0; f < columns; f++) {
    const column = Array.from({ length: 63 }, (_, i) => features[i * columns + f]!);
    assert.ok(Math.abs(column.reduce((a, b) => a + b) / 63) < 1e-6);
    assert.ok(Math.abs(column.reduce((a, b) => a + b * b, 0) / 63 - 1) < 1e-5);
  }
  const test = split.testSamples.features;
  const mean = test.reduce((a, b) => a + b) / test.length;
  assert.ok(Math.abs(mean) > 1e-4, "the test set has moments of its own");
});

deviceTest(
  "every strategy runs from the same labels to the same count, twice alike",
  async (device) => {
    const all = data();
    using split = await openSplit(device, all, 1, settings);
    const start = initialLabels(63, 4, 1).map((index) => split.rows[index]!);
    for (const strategy of ALL) {
      const run = await simulate(split, strategy, 1, { ...settings, classes: 3 });
      const name = strategyText(strategy);
      assert.equal(run.strategy, name);
      assert.deepEqual(run.initial, start, name);
      assert.deepEqual(run.rounds.map(({ labels }) => labels), [4, 7, 10], name);
      assert.deepEqual(run.picks.map(({ length }) => length), [3, 3], name);
      const labeled = [...run.initial, ...run.picks.flat()];
      assert.equal(new Set(labeled).size, 10, `${name} labels a row twice`);
      assert.ok(labeled.every((row) => split.rows.includes(row)), `${name} labels a test row`);
      const again = await simulate(split, strategy, 1, { ...settings, classes: 3 });
      assert.deepEqual(timeless(again), timeless(run), name);
    }
  },
);

deviceTest("an MLP can be the head, and its seed is the run's", async (device) => {
  using split = await openSplit(device, data(), 1, settings);
  const mlp = { ...settings, head: "mlp" as const, hidden: [8], epochs: 5, classes: 3 };
  const margin = await namedStrategy("margin");
  const run = await simulate(split, margin, 1, mlp);
  assert.deepEqual(timeless(await simulate(split, margin, 1, mlp)), timeless(run));
  assert.ok(run.rounds.every(({ scores }) => scores["accuracy"]! > 0));
});

deviceTest("real-valued targets are regressed: the error falls", async (device) => {
  using split = await openSplit(device, data("values"), 2, settings);
  for (const strategy of [...ALL, first()].filter(runsOnTargets)) {
    const run = await simulate(split, strategy, 2, { ...settings, rounds: 6, classes: undefined });
    const errors = run.rounds.map(({ scores }) => scores["rmse"]!);
    assert.ok(errors.at(-1)! < errors[0]! / 2, `${run.strategy}: ${errors}`);
    assert.equal(run.rounds[0]!.balance, undefined);
  }
});

Deno.test("the names: BAIT in its forms, options that are given, and what runs without classes", async () => {
  assert.deepEqual(ALL.slice(0, 4).map(strategyText), [
    ...["bait-full", "bait-exp", "bait-binary", "bait-regression"],
  ]);
  for (const strategy of ALL) {
    const { name, options } = await namedStrategy(strategyText(strategy));
    assert.deepEqual([name, options], [strategy.name, strategy.options]);
  }
  assert.ok(ALL.some(({ name }) => name === "random"));
  const able = async (text: string) => runsOnTargets(await namedStrategy(text));
  assert.ok(await able("bait-regression") && await able("random") && await able("bait"));
  assert.ok(!await able("bait-full") && !await able("margin") && !await able("bait(fisher=exp)"));
});

Deno.test("a strategy of one's own runs with its options, which stand in the record", async () => {
  using split = await openSplit(await sharedDevice("cpu"), data(), 1, settings);
  for (const fromEnd of [false, true]) {
    const run = await simulate(split, fromEnd ? first({ fromEnd }) : first(), 1, {
      ...settings,
      classes: 3,
    });
    assert.equal(run.strategy, fromEnd ? "first(fromEnd)" : "first");
    const start = initialLabels(63, 4, 1);
    const open = split.rows.filter((_, index) => !start.includes(index));
    const order = fromEnd ? open.toReversed() : open;
    assert.deepEqual(run.picks, [order.slice(0, 3), order.slice(3, 6)]);
  }
});

Deno.test("every round and every seed draw anew, as the seed and the round decide", async () => {
  using split = await openSplit(await sharedDevice("cpu"), data(), 5, settings);
  const random = await namedStrategy("random");
  const { picks } = await simulate(split, random, 5, { ...settings, classes: 3 });
  let open = Array.from({ length: 63 }, (_, i) => i);
  const take = (taken: readonly number[]) => open = open.filter((index) => !taken.includes(index));
  take(initialLabels(63, 4, 5));
  picks.forEach((batch, round) => {
    const drawn = sample(open, 3, keyOf(5, "random", round));
    assert.deepEqual(batch, drawn.map((index) => split.rows[index]), `round ${round}`);
    take(drawn);
  });
});

Deno.test("what the data do not suffice for is refused", async () => {
  const check = (changed: Partial<SimulationSettings>) => () =>
    checkSizes(data(), { ...settings, ...changed }, { ...settings, ...changed });
  check({})();
  await refuses(
    check({ rounds: 20 }),
    "Cannot label 64 samples (4 + 20 x 3): the pool has 63 after 27 were set aside for testing",
  );
  for (const testShare of [0, 1, -0.5, NaN]) {
    await refuses(
      check({ testShare }),
      `The test share must be above 0 and below 1: found ${testShare}`,
    );
  }
  await refuses(
    check({ testShare: 0.001 }),
    "Cannot test on a share of 0.001 of 90 rows: it has no row",
  );
  await refuses(
    check({ subset: 64 }),
    "Cannot use a subset of 64 rows: only 63 of 90 are not tested on",
  );
});

Deno.test("a run stops between two rounds", async () => {
  using split = await openSplit(await sharedDevice("cpu"), data(), 1, settings);
  const stop = new AbortController();
  let rounds = 0;
  const run = simulate(split, await namedStrategy("random"), 1, { ...settings, classes: 3 }, {
    signal: stop.signal,
    onRound: () => {
      rounds++;
      stop.abort();
    },
  });
  await assert.rejects(run, { name: "AbortError" });
  assert.equal(rounds, 1);
});
