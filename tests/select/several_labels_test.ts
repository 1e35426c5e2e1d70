/** Selection for samples with several labels each: which strategies, by which scores. */

import assert from "node:assert/strict";
import { trainMultilabel } from "../../src/head/train-multilabel.ts";
import { arrayRows } from "../../src/io/rows.ts";
import { select, type SelectOptions } from "../../src/learn/select.ts";
import { severalLabels } from "../../src/learn/several-labels.ts";
import { Pool } from "../../src/pool/pool.ts";
import { logitsPredictor } from "../../src/pool/predictions.ts";
import { defineStrategy } from "../../src/select/strategy/strategy.ts";
import { uncertaintyHerding } from "../../src/select/strategies/uncertainty-herding.ts";
import { assertClose, deviceTest, Random, sharedDevice } from "../fixture.ts";
import { FACTORIES } from "./situation.ts";

const [ROWS, COLUMNS, CLASSES] = [41, 5, 3];
const random = new Random(71);
const data = random.normals(ROWS * COLUMNS);
const features = { data, columns: COLUMNS };
const logits = { data: random.normals(ROWS * CLASSES, 2), columns: CLASSES };
const probabilities = Array.from(logits.data, (z) => 1 / (1 + Math.exp(-z)));
const probs = { data: Float32Array.from(probabilities), columns: CLASSES };
const labeled = [4, 0, 40, 17, 9, 22, 30, 11];
const labels = labeled.map((i) =>
  Array.from({ length: CLASSES }, (_, k) => Number(data[i * COLUMNS + k]! > 0))
);
const weights = {
  task: "multilabel" as const,
  weight: { data: random.normals(CLASSES * COLUMNS), columns: COLUMNS },
  bias: [0.1, -0.2, 0.3],
};

/** The strategies that are defined for several labels, and those that read features alone. */
const DEFINED = [
  ...["bait", "margin", "entropy", "least-confidence", "cluster-margin", "uncertainty-herding"],
  ...["random", "coreset", "typiclust", "max-herding", "prob-cover"],
];

Deno.test("every strategy is defined for several labels, or refuses them", async () => {
  const device = await sharedDevice("cpu");
  for (const factory of FACTORIES) {
    const { name } = factory.definition;
    const chosen = select({
      device,
      features,
      labeled,
      head: weights,
      oracle: () => 0,
      strategy: factory,
      budget: 5,
    });
    if (DEFINED.includes(name)) assert.equal(new Set((await chosen).picks).size, 5, name);
    else {
      await assert.rejects(chosen, {
        name: "InputError",
        message: `Cannot run ${name} with several labels a sample: use bait with fisher ` +
          '"classes", margin, entropy, least-confidence, cluster-margin, uncertainty-herding, or one ' +
          "that reads features alone",
      });
    }
  }
  const { bait: byClasses } = await select({
    ...{ device, features, labeled, head: weights, budget: 3 },
    strategy: "bait",
  });
  assert.equal(byClasses!.fisher, "classes");
  const { bait } = await select({
    ...{ device, features, labeled, head: weights, budget: 3 },
    strategy: "bait(fisher=regression)",
  });
  assert.equal(bait!.fisher, "regression");
});

/** The measures of a sample by their definitions; higher is more uncertain. */
const MEASURES: Readonly<Record<string, (p: readonly number[]) => number>> = {
  margin: (p) => 1 - Math.min(...p.map((one) => Math.abs(2 * one - 1))),
  entropy: (p) =>
    p.reduce((sum, one) => sum - one * Math.log(one) - (1 - one) * Math.log(1 - one), 0),
  "least-confidence": (p) => p.reduce((sum, one) => sum + Math.min(one, 1 - one), 0) / p.length,
};

deviceTest(
  "uncertainties are those of the labels, from logits or probabilities",
  async (device) => {
    for (const [strategy, measure] of Object.entries(MEASURES)) {
      const expected = Array.from(
        { length: ROWS },
        (_, i) => measure(probabilities.slice(i * CLASSES, (i + 1) * CLASSES)),
      );
      const order = expected.map((_, i) => i).filter((i) => !labeled.includes(i))
        .sort((a, b) => expected[b]! - expected[a]!);
      for (const given of [{ logits }, { probs }] as Partial<SelectOptions>[]) {
        const { picks, scores } = await select({
          ...{ device, features, labeled, strategy, budget: 6, task: "multilabel", ...given },
        });
        assert.deepEqual(picks, order.slice(0, 6), strategy);
        assertClose(scores!, picks.map((i) => expected[i]!), { relative: 1e-5 }, strategy);
      }
    }
  },
);

deviceTest("a temperature divides the logits of each label", async (device) => {
  const divided = { data: logits.data.map((z) => z / 4), columns: CLASSES };
  const input = { device, features, labeled, budget: 6, task: "multilabel" as const };
  const tempered = await select({
    ...input,
    logits,
    strategy: uncertaintyHerding({ temperature: 4 }),
  });
  const plain = await select({ ...input, logits: divided, strategy: uncertaintyHerding });
  assert.deepEqual(tempered.picks, plain.picks);
});

deviceTest("members have several labels, all of them or none", async (device) => {
  const other = { data: random.normals(ROWS * CLASSES, 2), columns: CLASSES };
  const mean = probabilities.map((p, e) => (p + 1 / (1 + Math.exp(-other.data[e]!))) / 2);
  const input = { device, features, labeled, budget: 6, task: "multilabel" as const };
  const ensemble = await select({ ...input, memberLogits: [logits, other], strategy: "margin" });
  const averaged = await select({
    ...input,
    probs: { data: Float32Array.from(mean), columns: CLASSES },
    strategy: "margin",
  });
  assert.deepEqual(ensemble.picks, averaged.picks);
  const dropped = await select({
    device,
    features,
    head: weights,
    strategy: "margin(members=3)",
    budget: 2,
  });
  assert.equal(dropped.picks.length, 2);
  const source = arrayRows("logits", logits.data, CLASSES);
  await assert.rejects(
    select({
      ...{ device, features, strategy: "margin", budget: 2 },
      memberPredictors: [logitsPredictor(source, { task: "multilabel" }), logitsPredictor(source)],
    }),
    {
      message: "The members must have the same classes: member 0 has 3 independent, and " +
        "member 1 has 3",
    },
  );
});

deviceTest("a matrix of labels trains a head for several labels", async (device) => {
  using pool = await Pool.from(device, arrayRows("features", data, COLUMNS), {
    scale: "standardize",
  });
  using head = await trainMultilabel(pool, { indices: labeled, labels });
  const input = { device, features, labeled, strategy: "entropy", budget: 5 } as const;
  const expected = await select({ ...input, head });
  const whole = Array.from({ length: ROWS }, (_, i) => labels[labeled.indexOf(i)] ?? [-1, -1, -1]);
  const flat = { data: Int8Array.from(whole.flat()), columns: CLASSES };
  for (const known of [labels, whole, flat, severalLabels(flat), severalLabels(labels)]) {
    const found = await select({ ...input, labels: known });
    assert.deepEqual(found.picks, expected.picks);
    assert.deepEqual([found.scale, found.head!.samples], ["standardize", 8]);
  }
  const { labeled: _, ...unnamed } = input;
  const found = await select({ ...unnamed, labels: flat });
  assert.deepEqual(found.picks.toSorted(), expected.picks.toSorted(), "rows of -1 are unknown");
});

deviceTest("several labels: bad input in one sentence", async (device) => {
  const input = { device, features, labeled, strategy: "margin", budget: 2 } as const;
  const refuses = (options: Partial<SelectOptions>, message: string | RegExp) =>
    assert.rejects(select({ ...input, ...options }), { name: "InputError", message });
  await refuses(
    { labels: labels.slice(1) },
    "Cannot use 7 rows of labels: 41 are needed, one for each sample, or 8, one for each labeled " +
      "sample",
  );
  await refuses(
    { labels: { data: [0, 1, 1], columns: 2 } },
    "Cannot use a matrix of 3 labels with 2 columns: it needs whole rows",
  );
  await refuses({ labels: labels.with(3, [0, 2, 1]) }, /^Cannot use label 2 at row 3, column 1: a/);
  await refuses({ labels: labels.with(3, [0, 1]) }, /^Cannot use a matrix of labels: row 3 has 2/);
  await refuses(
    { logits, task: "ranking" as "multilabel" },
    "Unknown task ranking: use classification or multilabel",
  );
  await refuses(
    { labels: labels.map(([a]) => a!), task: "multilabel" },
    "Cannot train a head for multilabel on labels for classification",
  );
  await refuses(
    { labels, task: "classification" },
    "Cannot train a head for classification on labels for multilabel",
  );
  await refuses({ probs }, /sums to/);
  // Before a head is trained.
  await refuses({ labels, strategy: "badge" }, /^Cannot run badge with several labels a sample/);
});

deviceTest("a strategy of one's own says that it takes several labels", async (device) => {
  const declare = (independent: boolean) =>
    defineStrategy({
      name: "own",
      reads: ["probabilities"],
      independent,
      select: ({ predictor, candidates, budget }) => {
        assert.equal(predictor!.independent, true);
        return Promise.resolve({ picks: candidates.slice(0, budget) });
      },
    });
  const input = { device, features, labeled, logits, task: "multilabel" as const, budget: 2 };
  assert.deepEqual((await select({ ...input, strategy: declare(true) })).picks, [1, 2]);
  await assert.rejects(
    select({ ...input, strategy: declare(false) }),
    /^InputError: Cannot run own/,
  );
});
