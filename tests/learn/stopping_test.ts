/** Stopping rules, on made-up progress and on a real learner. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { arrayRows } from "../../src/io/rows.ts";
import { ActiveLearner } from "../../src/learn/learner/learner.ts";
import {
  allOf,
  anyOf,
  labelBudget,
  type LearnerProgress,
  lowUncertainty,
  noImprovement,
  type RoundProgress,
  stablePredictions,
  type StoppingRule,
  targetMetric,
} from "../../src/learn/learner/stopping.ts";
import { kappa, watchedSamples } from "../../src/learn/learner/watched-samples.ts";
import { Pool } from "../../src/pool/pool.ts";
import { deviceTest, digits } from "../fixture.ts";
import { refuses } from "../io/fixtures.ts";

type Measured = Partial<Omit<RoundProgress, "round" | "labels">>;

function progress(rounds: readonly Measured[], labels = 10, candidates = 90): LearnerProgress {
  return {
    labels,
    candidates,
    rounds: rounds.map((round, at) => ({ round: at + 1, labels: at, ...round })),
  };
}

const of = (name: keyof Measured, values: readonly number[]) =>
  progress(values.map((value) => ({ [name]: value })));
const accuracies = (...values: number[]) =>
  progress(values.map((accuracy) => ({ metrics: { accuracy } })));
const stops = (rule: StoppingRule, seen: LearnerProgress) => rule(seen) !== undefined;

Deno.test("stopping: a budget of labels, or no sample left", () => {
  const rule = labelBudget(10);
  assert.deepEqual(rule(progress([], 10)), {
    rule: "labelBudget",
    message: "10 of 10 labels are given",
  });
  assert.equal(rule(progress([], 9)), undefined);
  assert.equal(rule(progress([], 9, 0))?.message, "No sample of the pool is left to suggest");
});

Deno.test("stopping: a target metric, reached once or several times in a row", () => {
  const rule = targetMetric("accuracy", 0.9);
  assert.equal(rule(progress([])), undefined);
  assert.equal(rule(accuracies(0.5, 0.8)), undefined);
  assert.equal(rule(accuracies(0.8, 0.91))?.message, "accuracy is 0.91, and 0.9 was asked for");
  const twice = targetMetric("accuracy", 0.9, { rounds: 2 });
  assert.equal(stops(twice, accuracies(0.95, 0.5, 0.95)), false);
  assert.equal(stops(twice, accuracies(0.5, 0.95, 0.95)), true);
  const loss = targetMetric("brierScore", 0.2);
  const brier = (brierScore: number) => progress([{ metrics: { brierScore } }]);
  assert.equal(stops(loss, brier(0.3)), false);
  assert.equal(stops(loss, brier(0.2)), true);
  assert.equal(stops(targetMetric("brierScore", 0.2, { lower: false }), brier(0.3)), true);
});

Deno.test("stopping: predictions are stable when the mean kappa of three is", () => {
  const rule = stablePredictions();
  assert.equal(stops(rule, of("agreement", [1, 1])), false);
  assert.equal(stops(rule, of("agreement", [0.2, 0.98, 0.995, 1])), true);
  assert.equal(stops(rule, of("agreement", [1, 0.97, 0.99, 1])), false);
  assert.equal(
    stops(stablePredictions({ threshold: 0.5, window: 1 }), of("agreement", [0.6])),
    true,
  );
  assert.equal(
    rule(of("agreement", [1, 1, 1]))?.message,
    "The last 3 heads agree with those before them: mean kappa 1 of 0.99",
  );
});

Deno.test("stopping: low uncertainty of the last head", () => {
  const rule = lowUncertainty();
  assert.equal(stops(rule, progress([])), false);
  assert.equal(stops(rule, of("uncertainty", [0.01, 0.06])), false);
  assert.equal(stops(rule, of("uncertainty", [0.06, 0.05])), true);
  assert.equal(stops(lowUncertainty({ threshold: 0.2 }), of("uncertainty", [0.1])), true);
});

Deno.test("stopping: no more improvement of the objective, or of a metric", () => {
  const rule = noImprovement();
  assert.equal(stops(rule, of("objective", [10, 10, 10])), false);
  assert.equal(stops(rule, of("objective", [10, 10, 10, 10])), true);
  assert.equal(stops(rule, of("objective", [10, 9.95, 9.92, 12])), true);
  assert.equal(stops(rule, of("objective", [10, 11, 9.8, 12])), false);
  const metric = noImprovement({ of: "accuracy", rounds: 2, minimum: 0 });
  assert.equal(stops(metric, accuracies(0.5, 0.4, 0.5)), true);
  assert.equal(stops(metric, accuracies(0.5, 0.4, 0.51)), false);
  assert.equal(
    metric(accuracies(0.5, 0.4, 0.5))?.message,
    "accuracy has not improved on 0.5 for 2 rounds",
  );
});

Deno.test("stopping: rules combine as their logic says", () => {
  const yes = (name: string): StoppingRule => () => ({ rule: name, message: `${name} holds` });
  const no: StoppingRule = () => undefined;
  const seen = progress([]);
  assert.equal(anyOf(no, no)(seen), undefined);
  assert.deepEqual(anyOf(no, yes("a"), yes("b"))(seen), { rule: "a", message: "a holds" });
  assert.equal(allOf(yes("a"), no)(seen), undefined);
  assert.deepEqual(allOf(yes("a"), yes("b"))(seen), {
    rule: "a and b",
    message: "a holds, and b holds",
  });
  fc.assert(fc.property(fc.array(fc.boolean(), { minLength: 1 }), (holds) => {
    const rules = holds.map((hold, at) => hold ? yes(String(at)) : no);
    assert.equal(stops(anyOf(...rules), seen), holds.some(Boolean));
    assert.equal(stops(allOf(...rules), seen), holds.every(Boolean));
  }));
});

Deno.test("stopping: options out of range are refused", async () => {
  const cases: [() => unknown, string][] = [
    [() => labelBudget(0), "Cannot stop with labels 0: it must be a whole number from 1 on"],
    [() => targetMetric("accuracy", NaN), "Cannot stop with target NaN: it must be finite"],
    [
      () => targetMetric("accuracy", 1, { rounds: 0.5 }),
      "Cannot stop with rounds 0.5: it must be a whole number from 1 on",
    ],
    [
      () => stablePredictions({ threshold: 1.1 }),
      "Cannot stop with threshold 1.1: it must be above 0 and at most 1",
    ],
    [
      () => stablePredictions({ window: 0 }),
      "Cannot stop with window 0: it must be a whole number from 1 on",
    ],
    [
      () => lowUncertainty({ threshold: 0 }),
      "Cannot stop with threshold 0: it must be above 0 and at most 1",
    ],
    [
      () => noImprovement({ minimum: -1 }),
      "Cannot stop with minimum -1: it must be 0 or positive",
    ],
    [() => anyOf(), "Cannot combine no stopping rules: give at least 1"],
    [() => allOf(), "Cannot combine no stopping rules: give at least 1"],
  ];
  for (const [attempt, message] of cases) await refuses(attempt, message);
});

Deno.test("kappa: 1 for equal, 0 for chance, negative for opposite, symmetric", () => {
  assert.equal(kappa([0, 1, 2], [0, 1, 2]), 1);
  assert.equal(kappa([1, 1], [1, 1]), 1);
  assert.equal(kappa([0, 0, 1, 1], [0, 1, 0, 1]), 0);
  assert.equal(kappa([0, 1], [1, 0]), -1);
  // scikit-learn's cohen_kappa_score of the same.
  assert.ok(Math.abs(kappa([0, 1, 2, 0, 1, 2], [0, 1, 2, 0, 2, 1]) - 0.5) < 1e-12);
  const classes = fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { minLength: 1, maxLength: 20 });
  fc.assert(fc.property(classes, (pairs) => {
    const [a, b] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
    const value = kappa(a, b);
    assert.ok(value <= 1 && Math.abs(value - kappa(b, a)) < 1e-12);
    assert.equal(value === 1, a.every((label, i) => label === b[i]));
  }));
});

Deno.test("watched samples: drawn once, in order, at most all", () => {
  const watched = watchedSamples(100, 20, 3);
  assert.equal(new Set(watched).size, 20);
  assert.deepEqual(watched, watched.toSorted((a, b) => a - b));
  assert.deepEqual(watchedSamples(100, 20, 3), watched);
  assert.notDeepEqual(watchedSamples(100, 20, 4), watched);
  assert.deepEqual(watchedSamples(3, 1000, 0), [0, 1, 2]);
});

deviceTest("stopping: on the digits predictions settle, and uncertainty falls", async (device) => {
  const { features, labels, columns } = await digits();
  const rows = 300;
  const source = arrayRows("digits", features.subarray(0, rows * columns), columns);
  using pool = await Pool.from(device, source);
  using learner = await ActiveLearner.create(pool, { strategy: "margin", classes: 10, watch: 200 });
  const rule = anyOf(stablePredictions({ threshold: 0.9, window: 2 }), labelBudget(250));
  let rounds = 0;
  while (!rule(learner.progress)) {
    const { picks } = await learner.suggest(25);
    learner.label(picks, picks.map((index) => labels[index]!));
    rounds++;
  }
  assert.equal(rule(learner.progress)?.rule, "stablePredictions");
  assert.ok(rounds > 3 && rounds < 10, `${rounds} rounds`);
  const measured = learner.progress.rounds.filter(({ agreement }) => agreement !== undefined);
  assert.equal(measured.length, rounds - 2);
  assert.ok(measured.at(-1)!.agreement! > measured[0]!.agreement!);
  const uncertainties = learner.progress.rounds.slice(1).map(({ uncertainty }) => uncertainty!);
  assert.ok(uncertainties.at(-1)! < uncertainties[0]!);
});
