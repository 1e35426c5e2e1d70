/** Strategies over several members: an ensemble, or one head with dropout. */

import assert from "node:assert/strict";
import { arrayRows } from "../../../src/io/rows.ts";
import { select, type SelectOptions } from "../../../src/learn/select.ts";
import { Pool } from "../../../src/pool/pool.ts";
import { logitsPredictor, type Predictor } from "../../../src/pool/predictions.ts";
import { runStrategy } from "../../../src/select/run-strategy.ts";
import { bait } from "../../../src/select/bait/bait.ts";
import { bald } from "../../../src/select/strategies/bald.ts";
import { margin } from "../../../src/select/strategies/margin.ts";
import { memberOptions } from "../../../src/select/strategy/member-options.ts";
import { readableBy } from "../../../src/select/strategy/readings.ts";
import { requestOf } from "../../../src/select/strategy/request.ts";
import { defineStrategy, type Reading } from "../../../src/select/strategy/strategy.ts";
import { assertClose, deviceTest, sharedDevice, withLimits } from "../../fixture.ts";
import { refuses } from "../../io/fixtures.ts";
import {
  average,
  CLASSES,
  COLUMNS,
  ensemble,
  entropy,
  featuresOf,
  headOf,
  linear,
  meanOf,
  MEMBERS,
  ranked,
  ROWS,
} from "./ensembles.ts";

deviceTest("bald: as its formula in float64", async (device) => {
  const { memberLogits, probabilities } = ensemble(1);
  const expected = Array.from(
    { length: ROWS },
    (_, i) =>
      entropy(meanOf(probabilities, i)) - average(probabilities.map((of) => entropy(of[i]!))),
  );
  const input = { device, features: featuresOf(2), memberLogits, budget: 30 };
  const { picks, scores } = await select({ ...input, strategy: "bald" });
  assert.deepEqual(picks, ranked(expected, 30));
  assertClose(scores!, picks.map((i) => expected[i]!), { relative: 1e-5, absolute: 1e-6 });
  const small = withLimits(device, { bindingBytes: 256 * 8 * 4 });
  assert.deepEqual((await select({ ...input, device: small, strategy: "bald" })).picks, picks);
});

deviceTest(
  "variation-ratio: the share of other votes, ties to the lowest index",
  async (device) => {
    const { memberLogits, probabilities } = ensemble(3);
    const expected = Array.from({ length: ROWS }, (_, i) => {
      const votes = new Array(CLASSES).fill(0);
      for (const of of probabilities) votes[of[i]!.indexOf(Math.max(...of[i]!))]++;
      return 1 - Math.max(...votes) / MEMBERS;
    });
    const { picks, scores } = await select({
      device,
      features: featuresOf(2),
      memberLogits,
      strategy: "variation-ratio",
      budget: 200,
    });
    assert.deepEqual(picks, ranked(expected, 200));
    assertClose(scores!, picks.map((i) => expected[i]!), { absolute: 1e-12 });
  },
);

deviceTest("members that are alike disagree about nothing", async (device) => {
  const { memberLogits: [one] } = ensemble(4);
  const input = { device, features: featuresOf(2), memberLogits: [one!, one!, one!], budget: 5 };
  for (const strategy of ["bald", "variation-ratio"] as const) {
    const { picks, scores } = await select({ ...input, strategy });
    assert.deepEqual([picks, scores], [[0, 1, 2, 3, 4], [0, 0, 0, 0, 0]], strategy);
  }
});

deviceTest("uncertainty of members: that of their mean", async (device) => {
  const { memberLogits, probabilities } = ensemble(5);
  const means = Array.from({ length: ROWS }, (_, i) => meanOf(probabilities, i));
  const input = { device, features: featuresOf(2), budget: 20 };
  for (const strategy of ["least-confidence", "margin", "entropy", "badge"] as const) {
    const { picks, scores } = await select({ ...input, memberLogits, strategy });
    const plain = await select({ ...input, probs: means, strategy });
    assert.deepEqual(picks, plain.picks, strategy);
    if (scores) assertClose(scores, plain.scores!, { relative: 1e-5, absolute: 1e-5 });
  }
});

deviceTest("members: random candidates and partitions have the same members", async (device) => {
  const { memberLogits } = ensemble(10);
  const features = featuresOf(2);
  const sources = [[{ memberLogits }, {}], [{ head: headOf(7) }, { members: 5 }]] as const;
  for (const strategy of [bald, margin]) {
    for (const [source, options] of sources) {
      const input = { device, features, seed: 3, ...source };
      const all = await select({ ...input, strategy: strategy(options), budget: ROWS });
      const scores = new Map(all.picks.map((pick, at) => [pick, all.scores![at]!]));
      const inParts = strategy({ ...options, candidates: 120, partitions: 2 });
      const parts = await select({ ...input, strategy: inParts, budget: 20 });
      assert.equal(new Set(parts.picks).size, 20);
      assertClose(parts.scores!, parts.picks.map((pick) => scores.get(pick)!), { absolute: 1e-6 });
      for (const half of [parts.scores!.slice(0, 10), parts.scores!.slice(10)]) {
        assert.deepEqual(half, half.toSorted((a, b) => b - a));
      }
    }
  }
});

deviceTest("members: labels train the head that is made into members", async (device) => {
  const { data } = featuresOf(11);
  const labels = Array.from(
    { length: ROWS },
    (_, i) => i < 30 ? Number(data[i * COLUMNS]! > 0) : -1,
  );
  const input = { device, features: featuresOf(11), labels, budget: 4 };
  const { head, scale } = await select({ ...input, strategy: "bald" });
  assert.deepEqual([head?.samples, scale], [30, "standardize"]);
  const { memberLogits } = ensemble(12);
  for (const strategy of ["bald", "margin"] as const) {
    assert.equal((await select({ ...input, memberLogits, strategy })).head, undefined);
  }
});

deviceTest("members: what cannot be is refused in a sentence", async (device) => {
  const { memberLogits } = ensemble(13, 20, 2);
  const features = featuresOf(2, 20);
  const logits = memberLogits[0]!;
  const cases: [Partial<SelectOptions>, string][] = [
    ...[{}, { logits }].map((given): [Partial<SelectOptions>, string] => [
      given,
      "Cannot run bald without members: give the predictions of several heads, a head that predicts " +
      "from features to make members of by dropout, or labels to train one",
    ]),
    [
      { strategy: margin({ members: 3 }), logits },
      "Cannot run margin without members: give the predictions of several heads, a head that predicts " +
      "from features to make members of by dropout, or labels to train one",
    ],
    [
      { strategy: "bald(members=1)" },
      "Option members of bald must be a whole number from 2 to 1000: found 1",
    ],
    [{ memberLogits: [logits] }, "An ensemble needs 2 members or more: found 1"],
    [
      { memberLogits: [logits, { ...logits, columns: 2 }] },
      "Cannot use logits of member 1: it has 40 rows, and the features have 20",
    ],
    [
      { memberLogits: [logits, { data: logits.data.slice(0, 60), columns: 3 }] },
      "The members must have the same classes: member 0 has 4, and member 1 has 3",
    ],
    [
      { memberLogits, strategy: bald({ dropout: 0.2 }) },
      "Give either the predictors of members or dropout to make them, not both",
    ],
    [
      { memberLogits, memberPredictors: [] },
      "Give either the logits of members or their predictors, not both",
    ],
  ];
  for (const [options, message] of cases) {
    await refuses(
      () => select({ device, features, strategy: "bald", budget: 2, ...options }),
      message,
    );
  }
  const values: [{ members?: number; dropout?: number }, string][] = [
    [{ members: 1 }, "Option members of bald must be a whole number from 2 to 1000: found 1"],
    [{ members: 2.5 }, "Option members of bald must be a whole number from 2 to 1000: found 2.5"],
    [{ dropout: 1 }, "Option dropout of bald must be a number above 0 and below 1: found 1"],
    [{ dropout: NaN }, "Option dropout of bald must be a number above 0 and below 1: found NaN"],
  ];
  for (const [options, message] of values) await refuses(() => bald(options), message);
  using pool = await Pool.from(device, arrayRows("x", features.data, COLUMNS));
  await refuses(
    () => runStrategy(pool, "random(members=3)", { budget: 2 }),
    "Unknown option members of random: it has candidates, partitions",
  );
  // A strategy that reads no probabilities ignores members.
  const regression = bait({ fisher: "regression" });
  const plain = await runStrategy(pool, regression, { budget: 2 });
  const asked = bait({ fisher: "regression", members: 3 });
  assert.deepEqual(await runStrategy(pool, asked, { budget: 2 }), plain);
  const memberPredictors = memberLogits.map(({ data, columns }) =>
    logitsPredictor(arrayRows("z", data, columns))
  );
  assert.deepEqual(await runStrategy(pool, regression, { budget: 2, memberPredictors }), plain);
});

Deno.test("members: what needs the head itself does not get a mean", async () => {
  const device = await sharedDevice("cpu");
  using pool = await Pool.from(device, arrayRows("x", featuresOf(2, 9).data, COLUMNS));
  const predictor: Predictor = {
    ...linear(device, { weight: new Float32Array(20), bias: new Float32Array(4) }),
    readWeights: () => Promise.reject(new Error("nobody reads them")),
    outputs: () => {
      throw new Error("nobody asks for them");
    },
  };
  const plain = requestOf(pool, { budget: 2, predictor });
  const reading = (...reads: Reading[]) =>
    defineStrategy({
      name: "reading",
      reads,
      options: memberOptions,
      select: () => Promise.reject(new Error("nobody chooses")),
    })({ members: 3 });
  for (const need of ["head", "weights"] as const) {
    const seen = readableBy(reading("probabilities", need), plain);
    assert.deepEqual([seen.predictor, seen.members], [predictor, undefined]);
  }
  const seen = readableBy(reading("probabilities"), plain);
  assert.notEqual(seen.predictor, predictor);
  assert.equal(seen.members?.count, 3);
  // Members cannot be made of given probabilities, and only where they are read are they missed.
  const given = requestOf(pool, {
    budget: 2,
    predictor: { ...predictor, subset: () => predictor },
  });
  assert.equal(readableBy(reading("probabilities", "weights"), given).members, undefined);
  await refuses(
    () => readableBy(reading("probabilities"), given),
    "Cannot run reading without members: give the predictions of several heads, a head that predicts " +
      "from features to make members of by dropout, or labels to train one",
  );
});
