/** Custom strategies, with options and shaders, in every place that takes a strategy. */

import assert from "node:assert/strict";
import {
  ActiveLearner,
  arrayRows,
  defineStrategy,
  type Device,
  Pool,
  runStrategy,
  select,
  type SelectionRequest,
} from "../../../mod.ts";
import type { LearnerState } from "../../../src/learn/learner/state.ts";
import type { Reading } from "../../../src/select/strategy/strategy.ts";
import { defineKernel, linearGrid } from "../../../src/device/kernel.ts";
import { topOf } from "../../../src/select/drivers/top.ts";
import {
  compareKernel,
  deviceTest,
  gpuTest,
  Random,
  sharedDevice,
  withLimits,
} from "../../fixture.ts";
import { refuses } from "../../io/fixtures.ts";
import { rowsOf } from "../problems.ts";
import { situation } from "../situation.ts";

/** `scores[base + i] = -|x[i, feature] - target|`, x `[rows, d]`. */
const nearness = defineKernel({
  name: "nearness",
  wgsl: `
    struct Params { rows: u32, base: u32, d: u32, feature: u32, target_: f32 }

    @group(0) @binding(0) var<storage, read> x: array<f32>;
    @group(0) @binding(1) var<storage, read_write> scores: array<f32>;
    @group(0) @binding(2) var<uniform> params: Params;

    @compute @workgroup_size(64)
    fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
            @builtin(local_invocation_index) thread: u32) {
      let i = (group.y * groups.x + group.x) * 64u + thread;
      if (i >= params.rows) { return; }
      scores[params.base + i] = -abs(x[i * params.d + params.feature] - params.target_);
    }`,
  bindings: { x: "read", scores: "write" },
  params: { rows: "u32", base: "u32", d: "u32", feature: "u32", target_: "f32" },
  constants: {},
  grid: ({ rows }) => linearGrid(Math.ceil(rows / 64)),
  cpu({ x, scores }, { rows, base, d, feature, target_ }) {
    for (let i = 0; i < rows; i++) scores[base + i] = -Math.abs(x[i * d + feature]! - target_);
  },
});

/** Chooses the samples of which a feature is nearest to a number, or farthest from it. */
const near = defineStrategy({
  name: "near",
  options: {
    feature: { kind: "integer", from: 0, default: 0, help: "Which feature counts" },
    target: { kind: "number", default: 0, help: "What it should be" },
    side: { kind: "choice", choices: ["near", "far"], default: "near", help: "Which end" },
    reverse: { kind: "flag", help: "The last one first" },
  },
  async select({ pool, candidates, budget }, { feature, target, side, reverse }) {
    const { device, rows: n, stride: d } = pool;
    using scores = device.tensor("nearness", [n]);
    for (const { features: x, base, rows } of pool.blocks) {
      device.run(nearness, { x, scores }, { rows, base, d, feature, target_: target });
    }
    const values = await device.read(scores);
    const picks = topOf(side === "near" ? values : values.map((v) => -v), candidates, budget);
    return { picks: reverse ? picks.toReversed() : picks };
  },
});

const [ROWS, COLUMNS] = [603, 5];
const DATA = new Random(1).normals(ROWS * COLUMNS);
const LABELED = [7, 300, 4];

/** What it must choose. */
function expected(budget: number, feature = 0, target = 0, out: readonly number[] = LABELED) {
  const distance = (i: number) => Math.abs(DATA[i * COLUMNS + feature]! - target);
  return Array.from({ length: ROWS }, (_, i) => i).filter((i) => !out.includes(i))
    .sort((a, b) => distance(a) - distance(b)).slice(0, budget);
}

const poolOn = (device: Device) => Pool.from(device, arrayRows("features", DATA, COLUMNS));

gpuTest("own strategy: its kernel does what its twin does", async () => {
  await compareKernel(nearness, {
    tensors: {
      x: { shape: [67, 8], data: new Random(2).normals(67 * 8) },
      scores: { shape: [80] },
    },
    params: { rows: 67, base: 13, d: 8, feature: 5, target_: 0.25 },
  });
});

deviceTest("own strategy: in runStrategy, with its options or without", async (device) => {
  // Three blocks of 256 rows.
  const small = withLimits(device, { bindingBytes: 256 * 8 * 4 });
  for (const on of [device, small]) {
    using pool = await poolOn(on);
    assert.equal(pool.blocks.length, on === small ? 3 : 1);
    const run = async (strategy: Parameters<typeof runStrategy>[1]) =>
      (await runStrategy(pool, strategy, { budget: 9, labeled: LABELED })).picks;
    assert.deepEqual(await run(near), expected(9));
    assert.deepEqual(await run(near()), expected(9));
    assert.deepEqual(await run(near({ feature: 3, target: 0.5 })), expected(9, 3, 0.5));
    assert.deepEqual(
      await run(near({ feature: 1, target: -1.5, reverse: true })),
      expected(9, 1, -1.5).toReversed(),
    );
    assert.deepEqual(await run(near({ side: "far" })), expected(600).slice(-9).toReversed());
  }
});

deviceTest("own strategy: in select, also on a part of the candidates", async (device) => {
  const input = { device, features: { data: DATA, columns: COLUMNS }, labeled: LABELED, budget: 8 };
  const { picks, strategy } = await select({ ...input, strategy: near({ target: 1 }) });
  assert.deepEqual([picks, strategy], [expected(8, 0, 1), "near"]);
  const excluded = picks.slice(0, 3);
  const others = await select({ ...input, strategy: near({ target: 1 }), excluded });
  assert.deepEqual(others.picks, expected(8, 0, 1, [...LABELED, ...excluded]));
  // Everything is drawn, so every part ranks half of all.
  const parts = await select({ ...input, strategy: near({ partitions: 2, candidates: 600 }) });
  assert.equal(new Set(parts.picks).size, 8);
  assert.ok(parts.picks.includes(expected(1)[0]!), "the best is in one of the parts");
  const drawn = await select({ ...input, strategy: near({ candidates: 40 }), budget: 40 });
  const some = await select({ ...input, strategy: near({ candidates: 40 }) });
  assert.deepEqual(some.picks, expected(600).filter((i) => drawn.picks.includes(i)).slice(0, 8));
});

deviceTest("own strategy: in a learner, which is saved and loaded with it", async (device) => {
  using pool = await poolOn(device);
  const strategy = near({ feature: 2, target: 0.25 });
  using learner = await ActiveLearner.create(pool, { strategy, classes: 2 });
  const first = await learner.suggest(6);
  assert.deepEqual([first.picks, first.strategy], [expected(6, 2, 0.25, []), "near"]);
  learner.label(first.picks, [0, 1, 0, 1, 1, 0]);
  const second = expected(5, 2, 0.25, first.picks);
  assert.deepEqual((await learner.suggest(5)).picks, second);
  const other = await learner.suggest(5, { strategy: near });
  assert.deepEqual(other.picks, expected(5, 0, 0, first.picks), "one batch with other options");

  const state: LearnerState = JSON.parse(JSON.stringify(learner));
  assert.equal(state.settings.strategy, "near");
  assert.deepEqual(state.settings.strategyOptions, { feature: 2, target: 0.25 });
  using again = await ActiveLearner.fromJSON(state, pool, { strategy });
  assert.deepEqual((await again.suggest(5)).picks, second);
  await assert.rejects(() => ActiveLearner.fromJSON(state, pool), {
    name: "InputError",
    message:
      /^Cannot use the strategy of the saved learner: Unknown strategy near: use bait, .* \(give the option strategy\)$/,
  });
});

Deno.test("own strategy: options are checked and have their defaults", async () => {
  await refuses(
    () => near({ feature: -1 }),
    "Option feature of near must be a whole number, 0 or more: found -1",
  );
  await refuses(
    () => near({ target: Infinity }),
    "Option target of near must be a float32 number: found Infinity",
  );
  await refuses(
    () => near({ side: "left" as "far" }),
    'Option side of near must be one of near, far: found "left"',
  );
  await refuses(
    () => near({ reverse: 1 as never }),
    "Option reverse of near must be true or false: found 1",
  );
  await refuses(
    () => near({ color: "red" } as never),
    "Unknown option color of near: it has feature, target, side, reverse, candidates, partitions",
  );

  const device = await sharedDevice("cpu");
  using pool = await poolOn(device);
  let seen: unknown;
  const plain = defineStrategy({
    name: "plain",
    options: {
      power: { kind: "number", above: 0, below: 2, default: 0.5, help: "Of nothing" },
      ridge: { kind: "number or auto", default: "auto", help: "Of nothing either" },
      count: { kind: "integer", from: 3, fallback: "as many as there are", help: "Of nothing" },
    },
    select({ candidates, budget }, options) {
      seen = options;
      return Promise.resolve({ picks: candidates.slice(0, budget) });
    },
  });
  await runStrategy(pool, plain, { budget: 1 });
  const defaults = { power: 0.5, ridge: "auto", count: undefined };
  assert.deepEqual(seen, { ...defaults, candidates: undefined, partitions: 1 });
  await runStrategy(pool, plain({ ridge: 2, count: 4, partitions: 1 }), { budget: 1 });
  assert.deepEqual(seen, { power: 0.5, ridge: 2, count: 4, candidates: undefined, partitions: 1 });
  await refuses(
    () => plain({ power: 2 }),
    "Option power of plain must be a number above 0 and below 2: found 2",
  );
});

Deno.test("own strategy: a name must be one", () => {
  const define = (name: string) => () =>
    defineStrategy({ name, select: () => Promise.resolve({ picks: [] }) });
  for (const name of ["a", "Near-2", "k-center-greedy"]) {
    assert.equal(define(name)().definition.name, name);
  }
  for (const name of ["", "2nd", "two words", "a(b)", "a=b", "a,b", "-a", "é", "a\n"]) {
    assert.throws(define(name), {
      name: "InputError",
      message:
        `Cannot define a strategy named "${name}": a name is letters, digits and hyphens, a letter first`,
    });
  }
});

/** What a strategy that reads something must find in its request. */
const FOUND: Readonly<Record<Reading, (request: SelectionRequest) => unknown>> = {
  probabilities: ({ predictor }) => predictor,
  head: ({ predictor }) => predictor && !predictor.subset,
  weights: ({ predictor }) => predictor?.readWeights,
  members: ({ members }) => members,
  labels: ({ labels }) => labels?.length,
  oracle: ({ oracle }) => oracle,
};

Deno.test("own strategy: what it reads is there, or it does not run", async () => {
  const device = await sharedDevice("cpu");
  const { features, head, labeled, labels, oracle } = situation(9);
  const everything = { head, labeled, labels, oracle };
  for (const [reading, find] of Object.entries(FOUND)) {
    const reader = defineStrategy({
      name: "reader",
      reads: [reading as Reading],
      select(request) {
        assert.ok(find(request), reading);
        return Promise.resolve({ picks: request.candidates.slice(0, request.budget) });
      },
    });
    const input = { device, features, strategy: reader, budget: 2 };
    assert.equal((await select({ ...input, ...everything })).picks.length, 2);
    await assert.rejects(() => select(input), {
      name: "InputError",
      message: /^Cannot run reader without [a-z][^.]*: [a-z][^.]*$/,
    });
  }
  // Reading can depend on options.
  const choosy = defineStrategy({
    name: "choosy",
    options: { unsure: { kind: "flag", help: "Whether to look at the head" } },
    readsWith: ({ unsure }) => unsure ? ["probabilities"] : [],
    select: ({ predictor, candidates, budget }, { unsure }) => {
      assert.equal(predictor !== undefined, unsure);
      return Promise.resolve({ picks: candidates.slice(-budget) });
    },
  });
  const rows = rowsOf((features as { data: Float32Array }).data, COLUMNS);
  const input = { device, features: rows, budget: 1 };
  assert.deepEqual((await select({ ...input, strategy: choosy })).picks, [56]);
  await refuses(
    () => select({ ...input, strategy: choosy({ unsure: true }) }),
    "Cannot run choosy without class probabilities: give logits, probabilities or labels",
  );
  // Labels train a head only for those that look at it.
  const known = { ...input, labeled: [0, 1, 2], labels: [0, 1, 1] };
  assert.equal((await select({ ...known, strategy: choosy })).head, undefined);
  assert.equal((await select({ ...known, strategy: choosy({ unsure: true }) })).head?.samples, 3);
});
