/**
 * Laws of the strategies that look at distances and boundaries: core-set, BADGE, FALCUN, MASE,
 * BASE, CAL.
 */

import assert from "node:assert/strict";
import fc from "fast-check";
import { select, type SelectOptions } from "../../../src/learn/select.ts";
import type { StrategyName } from "../../../src/select/strategy/names.ts";
import type { StrategyLike } from "../../../src/select/run-strategy.ts";
import { badge } from "../../../src/select/strategies/badge.ts";
import { base } from "../../../src/select/strategies/base.ts";
import { falcun } from "../../../src/select/strategies/falcun.ts";
import { deviceTest, Random, sharedDevice, withLimits } from "../../fixture.ts";
import { refuses } from "../../io/fixtures.ts";

/** A ragged problem with everything that any of them reads. */
function problem(seed: number, rows = 61, columns = 5, classes = 4) {
  const random = new Random(seed);
  return {
    features: { data: random.normals(rows * columns), columns },
    head: {
      weight: { data: random.normals(classes * columns), columns },
      bias: Array.from(random.normals(classes)),
    },
    labeled: random.distinct(7, rows),
    budget: 9,
  };
}

const NAMES = ["mase", "base", "cal", "coreset", "badge", "falcun"] as const;

deviceTest(
  "apart: a pool in several segments or of half floats is chosen from as one",
  async (device) => {
    const input = problem(1, 700, 16);
    // Features that half floats hold exactly.
    for (const [e, value] of input.features.data.entries()) {
      input.features.data[e] = Math.round(8 * value) / 8;
    }
    const small = withLimits(device, { bindingBytes: 256 * 16 * 4 });
    for (const strategy of NAMES) {
      const { picks } = await select({ ...input, strategy, device });
      assert.deepEqual(
        (await select({ ...input, strategy, device: small })).picks,
        picks,
        strategy,
      );
      if (strategy === "cal") continue; // Rows of length 1 are rounded.
      const half = await select({ ...input, strategy, device, storage: "f16" });
      assert.deepEqual(half.picks, picks, strategy);
    }
  },
);

deviceTest("apart: the seed decides what is drawn, and nothing else", async (device) => {
  const input = { ...problem(2), device };
  const run = async (strategy: StrategyLike, seed: number) =>
    (await select({ ...input, strategy, seed })).picks;
  for (const strategy of NAMES) {
    assert.deepEqual(await run(strategy, 3), await run(strategy, 3));
    const draws = strategy === "badge" || strategy === "falcun";
    const other = await run(strategy, 4);
    assert.equal(JSON.stringify(other) !== JSON.stringify(await run(strategy, 3)), draws, strategy);
  }
  const fixed = falcun({ deterministic: true });
  assert.deepEqual(await run(fixed, 3), await run(fixed, 4));
});

Deno.test("apart: the order of the samples changes nothing but the indices", async () => {
  const device = await sharedDevice("cpu");
  await fc.assert(
    fc.asyncProperty(
      fc.integer(),
      fc.constantFrom("mase", "base", "cal", "coreset"),
      async (seed, strategy) => {
        const { features, labeled, ...rest } = problem(seed, 40);
        const { columns, data } = features;
        const order = new Random(seed + 1).distinct(40, 40);
        const shuffled = Float32Array.from(
          data,
          (_, e) => data[order[Math.floor(e / columns)]! * columns + e % columns]!,
        );
        const { picks } = await select({ ...rest, features, labeled, strategy, device });
        const moved = await select({
          ...rest,
          features: { data: shuffled, columns },
          labeled: labeled.map((index) => order.indexOf(index)),
          strategy,
          device,
        });
        assert.deepEqual(moved.picks.map((index) => order[index]), picks);
      },
    ),
    { numRuns: 25 },
  );
});

deviceTest("coreset: every pick is the farthest from what was there", async (device) => {
  const { features: { data, columns }, labeled } = problem(5);
  const distance = (i: number, j: number) => {
    let sum = 0;
    for (let f = 0; f < columns; f++) sum += (data[i * columns + f]! - data[j * columns + f]!) ** 2;
    return sum;
  };
  const features = { data, columns };
  const { picks } = await select({ device, features, labeled, budget: 12, strategy: "coreset" });
  const known = [...labeled];
  for (const pick of picks) {
    const gap = (i: number) => Math.min(...known.map((j) => distance(i, j)));
    for (let i = 0; i < 61; i++) assert.ok(gap(i) <= gap(pick) * (1 + 1e-6));
    known.push(pick);
  }
});

deviceTest("coreset: with nothing labeled the first pick is nearest the mean", async (device) => {
  // The mean is (3, 3.2).
  const features = [[0, 0], [10, 0], [3, 3], [1, 10], [1, 3]];
  const choose = (excluded: number[] = []) =>
    select({ device, features, excluded, budget: 2, strategy: "coreset" });
  assert.deepEqual((await choose()).picks, [2, 1]);
  assert.deepEqual((await choose([2])).picks, [4, 1]);
});

deviceTest("coreset: duplicates are taken last, in the order of their indices", async (device) => {
  const features = [[1, 1], [0, 0], [1, 1], [5, 0], [1, 1]];
  const input = { device, features, labeled: [1], strategy: "coreset" } as const;
  assert.deepEqual((await select({ ...input, budget: 4 })).picks, [3, 0, 2, 4]);
});

Deno.test("badge: draws in proportion to the squared distance of gradients", async () => {
  const device = await sharedDevice("cpu");
  // With two classes g is (1 - p) (1, -1) (x) x for the predicted class: here p is the same
  // throughout, so that distances are those of the features.
  const features = [[10], [0], [1], [2], [3]];
  const probs = features.map(() => [0.75, 0.25]);
  const counts = [0, 0, 0, 0, 0];
  for (let seed = 0; seed < 600; seed++) {
    const { picks } = await select({ device, features, probs, budget: 2, strategy: "badge", seed });
    assert.equal(picks[0], 0, "the largest norm");
    counts[picks[1]!]!++;
  }
  const squares = [0, 100, 81, 64, 49];
  squares.forEach((square, i) => {
    const expected = 600 * square / 294;
    assert.ok(Math.abs(counts[i]! - expected) <= 4 * Math.sqrt(expected), `${counts}`);
  });
});

deviceTest("badge: with its option, labeled samples count as picks", async (device) => {
  const features = [[10], [9.99], [1], [0.5]];
  const probs = features.map(() => [0.75, 0.25]);
  const input = { device, features, probs, labeled: [0], budget: 1 };
  const { picks } = await select({ ...input, strategy: badge });
  assert.deepEqual(picks, [1], "the largest norm of the candidates");
  const strategy = badge({ includeLabeled: true });
  const firsts = new Set<number>();
  for (let seed = 0; seed < 20; seed++) {
    const { picks } = await select({ ...input, strategy, seed });
    firsts.add(picks[0]!);
  }
  assert.ok(!firsts.has(1), "what lies beside a labeled sample has hardly a chance");
});

deviceTest("falcun: the larger gamma, the less is left to chance", async (device) => {
  const tops = [0.95, 0.97, 0.9, 0.95];
  const probs = tops.map((p) => [p, 1 - p]);
  const features = probs.map(() => [1]);
  const choose = async (strategy: StrategyLike, seed = 0) =>
    (await select({ device, features, probs, budget: 4, strategy, seed })).picks
      .map((pick) => tops[pick]);
  // The copy of a pick comes last: nothing sets it apart.
  const expected = [0.9, 0.95, 0.97, 0.95];
  assert.deepEqual(await choose(falcun({ deterministic: true })), expected);
  const drawn = new Set<string>();
  for (let seed = 0; seed < 20; seed++) {
    // Up to the largest number that float32 holds.
    for (const gamma of [1e3, 1e30, 3.4e38]) {
      assert.deepEqual(await choose(falcun({ gamma }), seed), expected, `${gamma}`);
    }
    drawn.add(`${await choose(falcun({ gamma: 1 }), seed)}`);
  }
  assert.ok(drawn.size > 3, "a gamma of 1 draws");
});

deviceTest("base: each class gets its share; with rotate the shortage moves on", async (device) => {
  // One feature and three classes, whose boundaries are at -1 (0 | 1) and at 1 (1 | 2).
  const features = [-3, -2, -1.1, -0.9, -0.2, 0.3, 0.8, 1.2, 2, 3].map((x) => [x]);
  const head = { weight: [[-1], [0], [1]], bias: [0, 1, 0] };
  const choose = async (budget: number, more: Partial<SelectOptions> = {}) =>
    (await select({ device, features, head, budget, strategy: base, ...more })).picks;
  // Of class 0: 2 and 3, either side of -1; of class 1: 6 and 7, either side of 1, since 2 and 3
  // are taken.
  assert.deepEqual(new Set((await choose(4)).slice(0, 2)), new Set([2, 3]));
  assert.equal(new Set(await choose(10)).size, 10);
  // A budget of 1 always goes to class 0, unless it rotates.
  const first = await choose(1);
  assert.deepEqual(await choose(1, { round: 2 }), first);
  const strategy = base({ rotate: true });
  assert.deepEqual(await choose(1, { strategy }), first);
  const of2 = await choose(1, { strategy, round: 2 });
  assert.ok([6, 7].includes(of2[0]!), "class 2 has its boundary at 1");
});

deviceTest("mase: equal weights have no boundary between them", async (device) => {
  const features = [[1], [2], [3]];
  const head = { weight: [[1], [1]], bias: [0, 0] };
  const { picks } = await select({ device, features, head, budget: 2, strategy: "mase" });
  assert.deepEqual(picks, [0, 1]);
});

Deno.test("apart: what is missing is said in one sentence", async () => {
  const device = await sharedDevice("cpu");
  const features = [[1], [2], [3]];
  const logits = [[1, 0], [0, 1], [1, 1]];
  const run = (strategy: StrategyName, more: Partial<SelectOptions>) => () =>
    select({ device, features, budget: 1, strategy, ...more });
  await refuses(
    run("mase", { logits }),
    "Cannot run mase without the weights of a linear head: give a head, or labels to train one",
  );
  await refuses(
    run("badge", {}),
    "Cannot run badge without class probabilities: give logits, probabilities or labels",
  );
  await refuses(run("cal", { logits }), "Cannot run cal with nothing labeled");
  await refuses(
    () => falcun({ gamma: -1 }),
    "Option gamma of falcun must be a positive float32 number: found -1",
  );
  await refuses(
    () => select({ device, features, budget: 1, strategy: "falcun(gamma=-1)", logits }),
    "Option gamma of falcun must be a positive float32 number: found -1",
  );
  await refuses(
    run("base", { head: { weight: [[1, 2]], bias: [0] } }),
    "Cannot apply a head for 2 features to samples of 1",
  );
  await refuses(
    run("base", { logits, head: { weight: [[1]], bias: [0] } }),
    "Give one of logits, probs and head, not several",
  );
});
