/** Herding and ProbCover: as plain greedy picks. */

import assert from "node:assert/strict";
import { select } from "../../../src/learn/select.ts";
import { Pool } from "../../../src/pool/pool.ts";
import { arrayRows } from "../../../src/io/rows.ts";
import { keyOf } from "../../../src/random/counter-hash.ts";
import { kMeans } from "../../../src/select/geometry/k-means.ts";
import { maxHerding } from "../../../src/select/strategies/max-herding.ts";
import {
  enemyDistances,
  probCover,
  radiusOfPurity,
} from "../../../src/select/strategies/prob-cover.ts";
import { uncertaintyHerding } from "../../../src/select/strategies/uncertainty-herding.ts";
import { assertClose, deviceTest, Random, sharedDevice, withLimits } from "../../fixture.ts";
import { rowsOf } from "../problems.ts";

const square = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, f) => sum + (value - b[f]!) ** 2, 0);

/** Plain greedy with all similarities at hand. */
function plainGreedy(
  similar: (i: number, j: number) => number,
  weights: readonly number[],
  labeled: readonly number[],
  excluded: readonly number[],
  budget: number,
) {
  const all = weights.map((_, i) => i);
  const covered = all.map((j) => Math.max(0, ...labeled.map((i) => similar(i, j))));
  const unlabeled = all.filter((j) => !labeled.includes(j));
  const barred = new Set([...labeled, ...excluded]);
  const picks: number[] = [];
  const gains: number[] = [];
  while (picks.length < budget) {
    const gainOf = all.map((i) =>
      barred.has(i) ? -1 : unlabeled.reduce(
        (sum, j) => sum + weights[j]! * Math.max(0, similar(i, j) - covered[j]!),
        0,
      )
    );
    // Equal samples have equal gains but for rounding.
    const most = Math.max(...gainOf);
    const pick = gainOf.findIndex((gain) => gain >= most - 1e-12);
    picks.push(pick);
    gains.push(most);
    barred.add(pick);
    for (const j of all) covered[j] = Math.max(covered[j]!, similar(pick, j));
  }
  return { picks, gains };
}

/** A pool of which every third sample is there twice. */
function problem(seed: number, rows = 90, columns = 3, classes = 4) {
  const random = new Random(seed);
  const features = rowsOf(random.normals(rows * columns), columns);
  for (let i = 0; i + 40 < rows; i += 3) features[i + 40] = features[i]!;
  const [first, second, third, ...rest] = random.distinct(12, rows);
  return {
    random,
    features,
    logits: rowsOf(random.normals(rows * classes, 1.5), classes),
    labeled: seed % 3 === 0 ? [] : [first!, second!, third!],
    excluded: rest,
  };
}

Deno.test("herding: the picks are those of plain greedy, equal samples among them", async () => {
  const device = await sharedDevice("cpu");
  for (const seed of [1, 2, 3]) {
    const { features, logits, labeled, excluded } = problem(seed);
    const data = features.map((row) => row.map(Math.fround));
    const unit = data.map((row) => row.map((value) => Math.fround(value / Math.hypot(...row))));
    const gamma = seed;
    const similar = (i: number, j: number) => Math.exp(-gamma * square(unit[i]!, unit[j]!));
    const input = { device, features, labeled, excluded, budget: 40 };
    const ones = data.map(() => 1);
    const { picks } = await select({ ...input, strategy: maxHerding({ gamma }) });
    assert.deepEqual(picks, plainGreedy(similar, ones, labeled, excluded, 40).picks);

    for (const temperature of [1, 0.3, 5]) {
      const weights = logits.map((row) => {
        const powers = row.map((z) => Math.exp(Math.fround(z) / temperature)).sort((a, b) => b - a);
        return 1 - (powers[0]! - powers[1]!) / powers.reduce((a, b) => a + b);
      });
      const { picks } = await select({
        ...input,
        logits,
        strategy: uncertaintyHerding({ gamma, temperature }),
      });
      assert.deepEqual(picks, plainGreedy(similar, weights, labeled, excluded, 40).picks);
    }

    const delta = 0.8;
    const within = (i: number, j: number) => square(data[i]!, data[j]!) < delta ** 2 ? 1 : 0;
    const plain = plainGreedy(within, ones, labeled, excluded, 60);
    const covering = plain.gains.filter((gain) => gain > 0).length;
    assert.ok(covering > 10 && covering < 60);
    const cover = (seed: number) =>
      select({ ...input, budget: 60, seed, strategy: probCover({ delta }) });
    const balls = await cover(0);
    assert.deepEqual(balls.picks.slice(0, covering), plain.picks.slice(0, covering));
    // The rest is random: the seed decides, and nothing is there twice.
    assert.deepEqual((await cover(0)).picks, balls.picks);
    const other = await cover(1);
    assert.deepEqual(other.picks.slice(0, covering), plain.picks.slice(0, covering));
    assert.notDeepEqual(other.picks, balls.picks);
    assert.equal(new Set([...balls.picks, ...labeled, ...excluded]).size, 60 + labeled.length + 9);
  }
});

deviceTest("herding: of equal samples the lowest is picked, on any device", async (device) => {
  const random = new Random(8);
  const base = rowsOf(random.normals(30 * 9), 9);
  const features = [...base, ...base, ...base];
  for (const strategy of [maxHerding(), probCover({ delta: 3 })]) {
    const { picks } = await select({ device, features, strategy, budget: 4 });
    assert.ok(picks.every((pick) => pick < 30), `${strategy.name}: ${picks}`);
  }
});

deviceTest("herding: a pool in other rows, in segments, or as half floats", async (device) => {
  const [rows, columns] = [700, 8];
  const random = new Random(9);
  // Grid points, which half floats hold.
  const features = rowsOf(
    random.normals(rows * columns).map((v) => Math.round(8 * v) / 8),
    columns,
  );
  const logits = rowsOf(random.normals(rows * 3), 3);
  const labeled = random.distinct(70, rows);
  const order = random.distinct(rows, rows);
  const small = withLimits(device, { bindingBytes: 256 * columns * 4 });
  for (const strategy of ["max-herding", "uncertainty-herding"] as const) {
    const choices = { strategy, budget: 12, device };
    const { picks } = await select({ ...choices, features, logits, labeled });
    const cut = await select({ ...choices, features, logits, labeled, device: small });
    assert.deepEqual(cut.picks, picks);
    const permuted = await select({
      ...choices,
      features: order.map((i) => features[i]!),
      logits: order.map((i) => logits[i]!),
      labeled: labeled.map((i) => order.indexOf(i)),
    });
    assert.deepEqual(permuted.picks.map((pick) => order[pick]), picks);
  }
  const cover = { features, labeled, strategy: probCover({ delta: 2.51 }), budget: 30 };
  const { picks } = await select({ ...cover, device });
  assert.deepEqual((await select({ ...cover, device: small })).picks, picks);
  assert.deepEqual((await select({ ...cover, device, storage: "f16" })).picks, picks);
});

deviceTest("prob-cover: the default radius leaves 95 % of the balls pure", async (device) => {
  const random = new Random(10);
  const [rows, columns] = [333, 5];
  const data = random.normals(rows * columns);
  using pool = await Pool.from(device, arrayRows("features", data, columns));
  const { assignment } = await kMeans(pool, { clusters: 4, key: keyOf(0, "clusters", 0) });
  const squares = await enemyDistances(pool, assignment, {});
  const points = rowsOf(data, columns);
  const distances = (i: number) =>
    points.map((point, j) => ({
      distance: square(points[i]!, point),
      enemy: assignment[i] !== assignment[j],
    }));
  const expected = points.map((_, i) =>
    Math.min(...distances(i).map(({ distance, enemy }) => enemy ? distance : Infinity))
  );
  assertClose(squares, expected, { relative: 1e-4, absolute: 1e-5 });
  const radius = radiusOfPurity(squares);
  const purity = (radius: number) =>
    Array.from(squares).filter((distance) => distance >= radius ** 2 * (1 - 1e-12)).length / rows;
  assert.ok(purity(radius) >= 0.95);
  assert.ok(
    purity(
      Math.sqrt(Math.min(...Array.from(squares).filter((s) => s > radius ** 2 * (1 + 1e-9)))),
    ) < 0.95,
  );
  // The strategy takes it: four classes in the labels, which need no head.
  const labeled = [0, 1, 2, 3, 4];
  const input = { device, features: points, labeled, labels: [0, 1, 2, 3, 3], budget: 9 };
  const chosen = await select({ ...input, strategy: "prob-cover", scale: "none" });
  assert.equal(chosen.head, undefined);
  const strategy = probCover({ delta: radius });
  const given = await select({ ...input, strategy, scale: "none" });
  assert.deepEqual(chosen.picks, given.picks);
});

deviceTest("prob-cover: a pool without clusters is one ball", async (device) => {
  const features = Array.from({ length: 12 }, () => [1, 2]);
  const { picks } = await select({ device, features, strategy: "prob-cover", budget: 3 });
  assert.equal(picks[0], 0);
  assert.equal(new Set(picks).size, 3);
});

Deno.test("radius of purity: an order statistic, counted from ties and small pools", () => {
  assert.equal(radiusOfPurity([4, 9, 1]), 1);
  const twenty = Array.from({ length: 20 }, (_, i) => (i + 1) ** 2);
  assert.equal(radiusOfPurity(twenty), 2);
  assert.equal(radiusOfPurity([1, 1, ...twenty.slice(2)]), 1);
  assert.equal(radiusOfPurity(twenty.slice(0, 19)), 1);
});

deviceTest("herding: what it cannot do is said in a sentence", async (device) => {
  const features = [[1, 2], [2, 1], [3, 3]];
  const input = { device, features, budget: 1 };
  await assert.rejects(
    () => select({ ...input, strategy: "uncertainty-herding" }),
    { message: /^Cannot run uncertainty-herding without class probabilities: give / },
  );
  await assert.rejects(
    () => select({ ...input, strategy: "uncertainty-herding", probs: [[1], [1], [1]] }),
    { message: "Cannot run uncertainty-herding with a single class: nothing is uncertain" },
  );
  for (const bad of [0, -1, NaN, Infinity, 1e-60]) {
    assert.throws(
      () => probCover({ delta: bad }),
      { message: `Option delta of prob-cover must be a positive float32 number: found ${bad}` },
    );
    assert.throws(
      () => uncertaintyHerding({ temperature: bad }),
      {
        message:
          `Option temperature of uncertainty-herding must be a positive float32 number: found ${bad}`,
      },
    );
    assert.throws(
      () => maxHerding({ gamma: bad }),
      { message: `Option gamma of max-herding must be a positive float32 number: found ${bad}` },
    );
  }
  // What has no effect on a strategy is not taken.
  await assert.rejects(
    () => select({ ...input, strategy: "max-herding(temperature=2)" }),
    {
      message: "Unknown option temperature of max-herding: it has gamma, candidates, partitions",
    },
  );
});
