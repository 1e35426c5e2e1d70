/** What no strategy may return, and that no strategy starts once it has been aborted. */

import assert from "node:assert/strict";
import {
  ActiveLearner,
  arrayRows,
  defineStrategy,
  Pool,
  runStrategy,
  select,
  trainHead,
} from "../../mod.ts";
import { builtInStrategy } from "../../src/select/strategy/built-in.ts";
import { checkedSelection } from "../../src/select/strategy/checked-selection.ts";
import { requestOf } from "../../src/select/strategy/request.ts";
import { deviceTest, sharedDevice } from "../fixture.ts";
import { refuses } from "../io/fixtures.ts";
import { FACTORIES, situation } from "./situation.ts";

const ROWS = [[0], [1], [2], [3], [4], [5]];

/** Results for a budget of 2 from samples 1 to 5 that are none, and what is said of each. */
const WRONG: [result: unknown, said: string][] = [
  [undefined, "returned no array of picks"],
  [{ picks: Uint32Array.of(1, 2) }, "returned no array of picks"],
  [{ picks: [] }, "returned 0 picks: 2 are needed"],
  [{ picks: [1, 2, 3] }, "returned 3 picks: 2 are needed"],
  [{ picks: [2, 2] }, "picked 2 twice"],
  [{ picks: [1, 0] }, "picked 0, which is no candidate"],
  [{ picks: [1, 6] }, "picked 6, which is no candidate"],
  [{ picks: [1, 1.5] }, "picked 1.5, which is no candidate"],
  [{ picks: [1, 2], scores: [1] }, "returned 1 scores for 2 picks"],
  [{ picks: [1, 2], scores: "11" }, "returned scores that are no array"],
  [{ picks: [1, 2], scores: [1, NaN] }, "returned the score NaN for pick 2, which is not finite"],
  [
    { picks: [3, 2], scores: [-Infinity, 0] },
    "returned the score -Infinity for pick 3, which is not finite",
  ],
];

Deno.test("selection: a result of a custom strategy that is none is refused, also of a part", async () => {
  const device = await sharedDevice("cpu");
  for (const [result, said] of WRONG) {
    const wrong = defineStrategy({ name: "wrong", select: () => Promise.resolve(result as never) });
    const input = { device, features: ROWS, labeled: [0], budget: 2 };
    const message = `Strategy wrong ${said}`;
    await refuses(() => select({ ...input, strategy: wrong }), message);
    await assert.rejects(select({ ...input, strategy: wrong({ candidates: 4 }) }), {
      name: "InputError",
      message: /^Strategy wrong (returned|picked)/,
    });
  }
});

Deno.test("selection: a built-in strategy that fails is a failure of the device", async () => {
  const device = await sharedDevice("cpu");
  using pool = await Pool.from(device, arrayRows("features", ROWS));
  const request = requestOf(pool, { budget: 2, labeled: [0] });
  // Under a name of its own, so that it replaces none.
  const failing = builtInStrategy({
    name: "failing" as "random",
    select: () => Promise.resolve({ picks: [1, 2], scores: [NaN, 1] }),
  });
  await assert.rejects(checkedSelection(failing(), request), {
    name: "DeviceError",
    message: "Strategy failing returned the score NaN for pick 1, which is not finite, so its " +
      "numbers left the range of the floats of device cpu: scale the features, or use another device",
  });
});

deviceTest("aborted: no strategy starts, no head is trained", async (device) => {
  const reason = new Error("not any more");
  const signal = AbortSignal.abort(reason);
  const is = (error: unknown) => error === reason;
  const { features, labeled, labels, ...rest } = situation(3);
  const { head: _, ...unheaded } = rest;
  const { data, columns } = features as { data: Float32Array; columns: number };
  using pool = await Pool.from(device, arrayRows("features", data, columns));
  for (const strategy of FACTORIES) {
    const input = { features, labeled, labels, device, strategy, signal };
    const name = strategy.definition.name;
    await assert.rejects(select({ ...input, ...rest }), is, name);
    await assert.rejects(select({ ...input, ...unheaded }), is, `${name} with a head to train`);
    await assert.rejects(runStrategy(pool, strategy, { budget: 3, labeled, signal }), is, name);
    using learner = await ActiveLearner.create(pool, { strategy, oracle: () => 0 });
    await assert.rejects(learner.suggest(3, { signal }), is, `${name} in a learner`);
    assert.equal(learner.history.length, 0);
  }
  const truth = labels as readonly number[];
  const known = { indices: labeled!, labels: truth };
  const measured = { indices: labeled!, targets: truth };
  for (const options of [{}, { hidden: [3] }, { optimizer: "adamw" }] as const) {
    await assert.rejects(trainHead(pool, known, { ...options, signal }), is);
  }
  await assert.rejects(trainHead(pool, measured, { signal }), is, "ridge regression");
});

Deno.test("selection: where every sample has a label, it says so and what to do", async () => {
  const device = await sharedDevice("cpu");
  const labels = [0, 1, 0, 1, 0, 1];
  const input = { device, features: ROWS, budget: 3, strategy: "margin" };
  const message = "Cannot select 3 samples: all 6 samples of the pool are labeled, so give those " +
    "whose class is unknown the label -1, or list only the labeled ones as labeled";
  await refuses(() => select({ ...input, labels }), message);
  assert.equal((await select({ ...input, labels, labeled: [0, 1] })).picks.length, 3);
  assert.equal((await select({ ...input, labels: [0, 1, 0, -1, -1, -1] })).picks.length, 3);
});

Deno.test("labels: a stray one is refused before a head of its size is made", async () => {
  const device = await sharedDevice("cpu");
  using pool = await Pool.from(device, arrayRows("features", ROWS));
  const said = (label: number, of: string) =>
    `Cannot ${of}: it would make ${label + 1} classes for 6 labeled samples, where labels are ` +
    "below 32768, so number the classes from 0";
  const indices = [0, 1, 2, 3, 4, 5];
  for (const label of [32_768, 100_000, 2 ** 40]) {
    const labels = [0, 1, 0, label, 0, 1];
    const message = said(label, `train on label ${label} of sample 3 at position 3`);
    await refuses(() => trainHead(pool, { indices, labels }), message);
    using learner = await ActiveLearner.create(pool);
    const log = () => learner.label(indices, labels);
    await refuses(log, said(label, `label sample 3 as ${label}`));
    assert.deepEqual(learner.labels, []);
  }
  // A first round of a set with the classes of ImageNet-21k.
  using head = await trainHead(pool, { indices, labels: [0, 1, 0, 21_840, 0, 1] }, {
    maxIterations: 1,
  });
  assert.equal(head.classes, 21_841);
  // Whoever says how many classes there are may have any number.
  using learner = await ActiveLearner.create(pool, { classes: 100_001 });
  assert.equal(learner.label(3, 100_000), 1);
});
