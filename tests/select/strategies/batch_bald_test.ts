/** BatchBALD against sums over all configurations. */

import assert from "node:assert/strict";
import type { Device } from "../../../src/device/device.ts";
import { arrayRows } from "../../../src/io/rows.ts";
import { Pool } from "../../../src/pool/pool.ts";
import { probsPredictor } from "../../../src/pool/predictions.ts";
import {
  batchBald,
  chooseJointly,
  type JointLimits,
} from "../../../src/select/strategies/batch-bald.ts";
import { ensembleOf } from "../../../src/select/members/members.ts";
import { requestOf } from "../../../src/select/strategy/request.ts";
import { runStrategy, type StrategyLike } from "../../../src/select/run-strategy.ts";
import type { SelectionOptions } from "../../../src/select/strategy/request.ts";
import { assertClose, deviceTest, Random } from "../../fixture.ts";

/** Probabilities by member, sample and class. */
type Predictions = readonly (readonly (readonly number[])[])[];

function predictions(seed: number, members: number, rows: number, classes: number): Predictions {
  const random = new Random(seed);
  return Array.from({ length: members }, () => {
    const p = random.probabilities(rows, classes, 2.5);
    return Array.from(
      { length: rows },
      (_, i) => Array.from(p.slice(i * classes, (i + 1) * classes)),
    );
  });
}

const surprise = (p: number) => p > 0 ? -p * Math.log(p) : 0;
const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** I(y_batch; member), by a sum over all configurations of classes. */
function information(p: Predictions, batch: readonly number[]): number {
  const share = 1 / p.length;
  let joints = [p.map(() => 1)];
  let own = 0;
  for (const i of batch) {
    joints = joints.flatMap((joint) =>
      p[0]![i]!.map((_, k) => joint.map((value, m) => value * p[m]![i]![k]!))
    );
    own += share * total(p.map((of) => total(of[i]!.map(surprise))));
  }
  return total(joints.map((joint) => surprise(share * total(joint)))) - own;
}

/** The greedy batch and what each pick adds. */
function literal(p: Predictions, candidates: readonly number[], budget: number) {
  const picks: number[] = [];
  const gains: number[] = [];
  let before = 0;
  while (picks.length < budget) {
    const open = candidates.filter((i) => !picks.includes(i));
    const all = open.map((i) => information(p, [...picks, i]));
    const best = Math.max(...all);
    picks.push(open[all.indexOf(best)]!);
    gains.push(best - before);
    before = best;
  }
  return { picks, gains };
}

async function run(
  device: Device,
  p: Predictions,
  options: SelectionOptions,
  strategy: StrategyLike = batchBald,
) {
  using pool = await Pool.from(device, arrayRows("x", new Float32Array(p[0]!.length), 1));
  const memberPredictors = p.map((of) => probsPredictor(arrayRows("p", of)));
  return await runStrategy(pool, strategy, { ...options, memberPredictors });
}

/** The same with other limits. */
async function runWithin(
  limits: JointLimits,
  device: Device,
  p: Predictions,
  options: SelectionOptions,
) {
  using pool = await Pool.from(device, arrayRows("x", new Float32Array(p[0]!.length), 1));
  const memberPredictors = p.map((of) => probsPredictor(arrayRows("p", of)));
  const request = { ...requestOf(pool, options), members: ensembleOf(memberPredictors) };
  return await chooseJointly(request, limits);
}

deviceTest("batch-bald: equal to the sum over all configurations", async (device) => {
  for (
    const [seed, members, rows, classes, budget] of [[1, 4, 21, 3, 5], [2, 7, 13, 5, 4]] as const
  ) {
    const p = predictions(seed, members, rows, classes);
    const labeled = [3, 8];
    const candidates = Array.from({ length: rows }, (_, i) => i).filter((i) =>
      !labeled.includes(i)
    );
    const { picks, scores } = await run(device, p, { budget, labeled });
    const expected = literal(p, candidates, budget);
    assert.deepEqual(picks, expected.picks);
    assertClose(scores!, expected.gains, { relative: 1e-4, absolute: 1e-5 });
    assert.deepEqual(scores, scores!.toSorted((a, b) => b - a), "gains do not grow");
    assert.ok(scores!.every((gain) => gain >= 0));
  }
});

deviceTest(
  "batch-bald: the first pick is that of bald, and one class gives no information",
  async (device) => {
    const p = predictions(3, 5, 300, 6);
    using pool = await Pool.from(device, arrayRows("x", new Float32Array(300), 1));
    const memberPredictors = p.map((of) => probsPredictor(arrayRows("p", of)));
    const bald = await runStrategy(pool, "bald", { memberPredictors, budget: 1 });
    const first = await runStrategy(pool, "batch-bald", { memberPredictors, budget: 1 });
    assert.deepEqual(first.picks, bald.picks);
    assertClose(first.scores!, bald.scores!);
    const single = [0, 1].map(() => Array.from({ length: 9 }, () => [1]));
    assert.deepEqual(await run(device, single, { budget: 3 }), {
      picks: [0, 1, 2],
      scores: [0, 0, 0],
    });
  },
);

deviceTest("batch-bald: a copy of a pick adds no information", async (device) => {
  // Members that are nearly certain. Samples 2, 5 and 6 split them 2 : 2 alike, sample 4 in the
  // other way.
  const sure = (k: number) => [0, 1].map((c) => c === k ? 0.99 : 0.01);
  const classesOf = ["0000000", "0000100", "0010011", "0110111"].map((row) => [...row].map(Number));
  const p = classesOf.map((classes) => classes.map(sure));
  using pool = await Pool.from(device, arrayRows("x", new Float32Array(7), 1));
  const memberPredictors = p.map((of) => probsPredictor(arrayRows("p", of)));
  const bald = await runStrategy(pool, "bald", { memberPredictors, budget: 4 });
  assert.deepEqual(bald.picks, [2, 4, 5, 6]);
  const { picks, scores } = await run(device, p, { budget: 4 });
  assert.deepEqual(picks.slice(0, 2), [2, 4]);
  assert.ok(scores![1]! > 0.8 * scores![0]!, "the other split has as much information");
  assert.ok(scores![2]! < 0.2 * scores![0]!, "after that the members are distinguished");
  const without = await run(device, p, { budget: 2, labeled: [4] });
  assert.deepEqual(
    without.picks,
    [2, 1],
    "what splits them worse, but otherwise, comes before a copy",
  );
});

deviceTest("batch-bald: drawn configurations come close to all of them", async (device) => {
  const p = predictions(5, 5, 40, 4);
  const exact = await run(device, p, { budget: 6 });
  const gains: number[][] = [];
  for (let seed = 0; seed < 3; seed++) {
    const limits = { exact: 16, draws: 2000 };
    const drawn = await runWithin(limits, device, p, { budget: 6, seed });
    const again = await runWithin(limits, device, p, { budget: 6, seed });
    assert.deepEqual(drawn, again);
    // Two of four classes are summed over exactly.
    assert.deepEqual(drawn.picks.slice(0, 2), exact.picks.slice(0, 2));
    assertClose(drawn.scores!, exact.scores!, { absolute: 0.01, relative: 0 });
    const found = information(p, drawn.picks);
    assert.ok(found > 0.98 * information(p, exact.picks), `${found}`);
    gains.push(drawn.scores!);
  }
  assert.notDeepEqual(gains[0], gains[1]);
});

deviceTest("batch-bald: long batches and parts of the pool", async (device) => {
  const p = predictions(6, 4, 90, 3);
  const { picks, scores } = await runWithin({ exact: 100, draws: 64 }, device, p, { budget: 40 });
  assert.equal(new Set(picks).size, 40);
  assert.ok(scores!.every((gain) => gain >= 0 && gain < Math.log(4)));
  assert.ok(total(scores!) < 1.02 * Math.log(4), "the members have only ln 4 of information");
  const inParts = batchBald({ candidates: 60, partitions: 2 });
  const parts = await run(device, p, { budget: 6, seed: 4 }, inParts);
  assert.equal(new Set(parts.picks).size, 6);
  // The first of each part is best by bald among its candidates.
  const bald = (i: number) => information(p, [i]);
  assertClose([parts.scores![0]!, parts.scores![3]!], [0, 3].map((at) => bald(parts.picks[at]!)));
});
