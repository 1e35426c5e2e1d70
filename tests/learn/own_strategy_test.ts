/** Strategies of the user's own, and strategies with options, in `select` and in the learner. */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { Device } from "../../src/device/device.ts";
import { arrayRows } from "../../src/io/rows.ts";
import { ActiveLearner } from "../../src/learn/learner/learner.ts";
import type { LearnerOptions } from "../../src/learn/learner/options.ts";
import { loadLearner, readSave, saveLearner } from "../../src/learn/learner/save-file.ts";
import { select } from "../../src/learn/select.ts";
import { Pool } from "../../src/pool/pool.ts";
import { STRATEGIES } from "../../src/select/strategy/names.ts";
import { bait } from "../../src/select/bait/bait.ts";
import { falcun } from "../../src/select/strategies/falcun.ts";
import { margin } from "../../src/select/strategies/margin.ts";
import type { SelectionRequest } from "../../src/select/strategy/request.ts";
import type { SelectedBatch } from "../../src/select/strategy/selection.ts";
import { defineStrategy, type Strategy } from "../../src/select/strategy/strategy.ts";
import { deviceTest, Random, sharedDevice } from "../fixture.ts";
import { inFolder, refuses } from "../io/fixtures.ts";

const [ROWS, COLUMNS] = [29, 3];
const features = new Random(8).normals(ROWS * COLUMNS);
const truth = Array.from({ length: ROWS }, (_, i) => i % 3);
truth.forEach((k, i) => features[i * COLUMNS + k]! += 1);

const poolOf = (device: Device) => Pool.from(device, arrayRows("features", features, COLUMNS));

/** The candidates with the largest value of a feature, for better or for worse. */
const extreme = defineStrategy({
  name: "extreme",
  options: {
    feature: { kind: "integer", from: 0, default: 0, help: "Which feature counts" },
    smallest: { kind: "flag", help: "Take the smallest values" },
  },
  async select({ pool, candidates, budget }, { feature, smallest }) {
    const values = await pool.device.read(pool.blocks[0]!.features);
    const sign = smallest ? 1 : -1;
    const valueOf = (index: number) => sign * values[index * pool.stride + feature]!;
    return { picks: candidates.toSorted((a, b) => valueOf(a) - valueOf(b)).slice(0, budget) };
  },
});

/** What `extreme` picks of indices. */
function extremes(open: readonly number[], budget: number, feature = 0, sign = -1): number[] {
  const valueOf = (index: number) => sign * features[index * COLUMNS + feature]!;
  return open.toSorted((a, b) => valueOf(a) - valueOf(b)).slice(0, budget);
}

/** The candidates that the head holds for class 0 most firmly. */
const zeros = defineStrategy({
  name: "zeros",
  reads: ["probabilities"],
  async select({ pool, predictor, candidates, budget }) {
    const [segment] = pool.segments(pool.rows + 8);
    using tensor = await predictor!.predict(pool.device, segment!);
    const values = await pool.device.read(tensor);
    const zero = (index: number) => values[index * predictor!.classes]!;
    return { picks: candidates.toSorted((a, b) => zero(b) - zero(a)).slice(0, budget) };
  },
});

const all = Array.from({ length: ROWS }, (_, i) => i);
const matrix = { data: features, columns: COLUMNS };

deviceTest(
  "own strategy: select runs it, with its options and those of every strategy",
  async (device) => {
    const labeled = [4, 20];
    const open = all.filter((index) => !labeled.includes(index));
    const ask = (strategy: Strategy | (() => Strategy)) =>
      select({ device, features: matrix, labeled, budget: 5, strategy });
    for (const strategy of [extreme, extreme(), extreme({ feature: undefined })]) {
      const { picks, strategy: name, scores, bait, head } = await ask(strategy);
      assert.deepEqual([picks, name], [extremes(open, 5), "extreme"]);
      assert.deepEqual([scores, bait, head], [undefined, undefined, undefined]);
    }
    const { picks } = await ask(extreme({ feature: 2, smallest: true }));
    assert.deepEqual(picks, extremes(open, 5, 2, 1));
    const some = (await ask(extreme({ candidates: 11 }))).picks;
    assert.equal(new Set(some).size, 5);
    assert.deepEqual(some, extremes(some, 5), "best first");
    const parts = (await ask(extreme({ partitions: 2 }))).picks;
    assert.equal(new Set(parts).size, 5);
    assert.ok(parts.every((index) => open.includes(index)));
    assert.ok(parts.includes(picks[0]!) || parts.includes(extremes(open, 1)[0]!));
  },
);

deviceTest("own strategy: a head is trained for it where it reads one", async (device) => {
  const known = { labeled: [0, 1, 2, 10], labels: [0, 1, 2, 1] };
  const ask = (strategy: Strategy | (() => Strategy), more = {}) =>
    select({ device, features: matrix, budget: 4, strategy, ...more });
  assert.equal((await ask(extreme, known)).head, undefined);
  const { picks, head } = await ask(zeros, known);
  assert.equal(head?.samples, 4);
  const share = picks.filter((index) => truth[index] === 0).length;
  assert.ok(share >= 3, `${share} of 4 are of class 0`);
  await refuses(
    () => ask(zeros),
    "Cannot run zeros without class probabilities: give logits, probabilities or labels",
  );
});

/** What a strategy may return by mistake for a budget of 2, and the end of the sentence. */
const mistakes: readonly [selection: unknown, sentence: string][] = [
  [undefined, "returned no array of picks"],
  [{}, "returned no array of picks"],
  [{ picks: new Int32Array(2) }, "returned no array of picks"],
  [{ picks: [7] }, "returned 1 picks: 2 are needed"],
  [{ picks: [7, 8, 9] }, "returned 3 picks: 2 are needed"],
  [{ picks: [7, 7] }, "picked 7 twice"],
  [{ picks: [7, 4] }, "picked 4, which is no candidate"],
  [{ picks: [7, 29] }, "picked 29, which is no candidate"],
  [{ picks: [7, -1] }, "picked -1, which is no candidate"],
  [{ picks: [7, 0.5] }, "picked 0.5, which is no candidate"],
  [{ picks: [7, NaN] }, "picked NaN, which is no candidate"],
];

Deno.test("own strategy: what it returns by mistake is one sentence, also in a part of the pool", async () => {
  const device = await sharedDevice("cpu");
  for (const [selection, sentence] of mistakes) {
    const wrong = defineStrategy({
      name: "wrong",
      select: () => Promise.resolve(selection as SelectedBatch),
    });
    const ask = (strategy: Strategy, budget: number) =>
      select({ device, features: matrix, labeled: [4], budget, strategy });
    await refuses(() => ask(wrong(), 2), `Strategy wrong ${sentence}`);
    // In a part other samples are candidates.
    if (sentence.startsWith("picked 4")) continue;
    await assert.rejects(ask(wrong({ partitions: 2 }), 4), {
      name: "InputError",
      message: /^Strategy wrong (returned|picked) /,
    });
    assert.equal(device.memory.count, 0);
  }
});

deviceTest(
  "own strategy: the learner uses it, records its name, and takes others for a batch",
  async (device) => {
    using pool = await poolOf(device);
    using learner = await ActiveLearner.create(pool, {
      strategy: extreme({ feature: 1 }),
      classes: 3,
    });
    assert.equal(learner.settings.strategy, "extreme");
    assert.deepEqual(learner.settings.strategyOptions, { feature: 1 });
    const first = await learner.suggest(4);
    // It reads no head, so no cold start is needed.
    assert.deepEqual([first.strategy, first.picks], ["extreme", extremes(all, 4, 1)]);
    learner.label(first.picks, first.picks.map((index) => truth[index]!));
    learner.skip(learner.candidates[0]!);
    const plain = await learner.suggest(3, { strategy: extreme });
    assert.deepEqual(plain.picks, extremes(learner.candidates, 3));
    const once = await learner.suggest(3, { strategy: extreme({ smallest: true }) });
    assert.deepEqual(once.picks, extremes(learner.candidates, 3, 0, 1));
    assert.deepEqual((await learner.suggest(2, { strategy: zeros })).strategy, "zeros");
    const known = [
      [margin, "margin"],
      [falcun({ gamma: 3 }), "falcun"],
      ["falcun(gamma=3)", "falcun"],
      ["margin", "margin"],
    ] as const;
    for (const [strategy, name] of known) {
      const suggestion = await learner.suggest(3, { strategy });
      assert.equal(suggestion.strategy, name);
      assert.equal(new Set(suggestion.picks).size, 3);
    }
    const again = await learner.suggest(3);
    assert.deepEqual([again.strategy, again.picks], [
      "extreme",
      extremes(learner.candidates, 3, 1),
    ]);
    assert.deepEqual(
      learner.history.filter(({ kind }) => kind === "suggested").map(({ strategy }) => strategy),
      ["extreme", "extreme", "extreme", "zeros", "margin", "falcun", "falcun", "margin", "extreme"],
    );
  },
);

deviceTest(
  "own strategy: with options as a value or as text the learner picks the same",
  async (device) => {
    using pool = await poolOf(device);
    const picks = async (options: LearnerOptions) => {
      using learner = await ActiveLearner.create(pool, { ...options, classes: 3 });
      learner.label([0, 1, 2], [0, 1, 2]);
      return (await learner.suggest(6)).picks;
    };
    const pairs = [
      [bait({ fisher: "exp", lambda: 1 }), "bait(fisher=exp, lambda=1)"],
      [falcun({ gamma: 0.1 }), "falcun(gamma=0.1)"],
    ] as const;
    for (const [value, text] of pairs) {
      assert.deepEqual(await picks({ strategy: value }), await picks({ strategy: text }), text);
      assert.notDeepEqual(await picks({ strategy: value }), await picks({ strategy: value.name }));
    }
  },
);

Deno.test("own strategy: a save of the learner loads when the strategy is given again", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "own.creel");
    using pool = await poolOf(await sharedDevice("cpu"));
    using learner = await ActiveLearner.create(pool, { strategy: extreme({ feature: 2 }) });
    learner.label(0, 0);
    await learner.suggest(2);
    saveLearner(learner, path);
    const message = `Cannot use the strategy of the saved learner: Unknown strategy extreme: use ${
      STRATEGIES.join(", ")
    } (give the option strategy)`;
    await refuses(() => loadLearner(path, pool), message);
    await refuses(() => ActiveLearner.fromJSON(JSON.parse(JSON.stringify(learner)), pool), message);
    const { settings } = readSave(path);
    assert.deepEqual([settings.strategy, settings.strategyOptions], ["extreme", { feature: 2 }]);
    using again = await loadLearner(path, pool, { strategy: extreme({ feature: 2 }) });
    assert.equal(JSON.stringify(again), JSON.stringify(learner));
    assert.deepEqual((await again.suggest(3)).picks, (await learner.suggest(3)).picks);
    // What is given when it is loaded holds: another strategy, or other options.
    using other = await loadLearner(path, pool, { strategy: extreme });
    assert.deepEqual(other.settings.strategyOptions, {});
    assert.deepEqual((await other.suggest(3)).picks, extremes(other.candidates, 3));
    using named = await loadLearner(path, pool, { strategy: "margin" });
    assert.deepEqual([named.settings.strategy, named.settings.strategyOptions], ["margin", {}]);
  });
});

Deno.test("own strategy: a save keeps the options of a strategy of Creel, and goes on with them", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "falcun.creel");
    using pool = await poolOf(await sharedDevice("cpu"));
    const strategy = falcun({ gamma: 0.1, deterministic: true });
    using learner = await ActiveLearner.create(pool, { strategy, seed: 5 });
    learner.label([0, 1, 2], [0, 1, 2]);
    saveLearner(learner, path);
    using again = await loadLearner(path, pool);
    assert.deepEqual(again.settings.strategyOptions, { gamma: 0.1, deterministic: true });
    assert.deepEqual((await again.suggest(6)).picks, (await learner.suggest(6)).picks);
    const state = learner.toJSON();
    const load = (strategyOptions: Record<string, unknown>) =>
      ActiveLearner.fromJSON({ ...state, settings: { ...state.settings, strategyOptions } }, pool);
    await refuses(
      () => load({ gamma: -1 }),
      "Cannot use the strategy of the saved learner: Option gamma of falcun must be a positive " +
        "float32 number: found -1 (give the option strategy)",
    );
  });
});

Deno.test("own strategy: the request has what is known, and random words of its own", async () => {
  const requests: SelectionRequest[] = [];
  const spy = defineStrategy({
    name: "spy",
    select(request) {
      requests.push(request);
      return Promise.resolve({ picks: request.candidates.slice(0, request.budget) });
    },
  });
  const device = await sharedDevice("cpu");
  const known = { labeled: [3, 1], labels: [0, 2], excluded: [5], round: 4, seed: 9 };
  const ask = (more = {}) =>
    select({ device, features: matrix, budget: 3, strategy: spy, ...known, ...more });
  assert.deepEqual((await ask()).picks, [0, 2, 4]);
  await ask({ seed: 10 });
  await ask({ round: 5 });
  await ask();
  const [request] = requests;
  assert.deepEqual([request!.labeled, request!.labels, request!.round], [[3, 1], [0, 2], 4]);
  assert.deepEqual([request!.excluded, request!.budget], [[5], 3]);
  assert.equal(request!.candidates.length, ROWS - 3);
  const keys = requests.map(({ keyFor }) => keyFor("draws"));
  assert.equal(new Set(keys).size, 3);
  assert.equal(keys[3], keys[0]);
  assert.notEqual(request!.keyFor("draws"), request!.keyFor("fill"));
});
