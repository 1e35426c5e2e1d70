/** First batches: k-means, TypiClust, and balanced classes. */

import assert from "node:assert/strict";
import type { Device } from "../../src/device/device.ts";
import { arrayRows } from "../../src/io/rows.ts";
import { coldStartBatch, type ColdStartOptions } from "../../src/learn/learner/cold-start.ts";
import { type FeatureStorage, Pool } from "../../src/pool/pool.ts";
import { keyOf } from "../../src/random/counter-hash.ts";
import { kMeans } from "../../src/select/geometry/k-means.ts";
import { runStrategy } from "../../src/select/run-strategy.ts";
import { deviceTest, digits, Random, sharedDevice, withLimits } from "../fixture.ts";
import { refuses } from "../io/fixtures.ts";

/** Blobs around far corners, of given sizes, in mixed order; and the blob of each sample. */
function blobs(sizes: readonly number[], columns: number, seed: number) {
  const random = new Random(seed);
  const of = sizes.flatMap((size, blob) => new Array<number>(size).fill(blob));
  const order = random.distinct(of.length, of.length).map((i) => of[i]!);
  const data = new Float32Array(order.length * columns);
  order.forEach((blob, i) => {
    for (let f = 0; f < columns; f++) {
      data[i * columns + f] = (f % sizes.length === blob ? 10 : 0) + random.uniform(-1, 1);
    }
  });
  return { data, of: order };
}

async function poolOf(
  device: Device,
  data: Float32Array,
  columns: number,
  storage: FeatureStorage = "f32",
) {
  return await Pool.from(device, arrayRows("features", data, columns), { storage });
}

deviceTest("k-means: finds blobs, in one block or several, in f32 and f16", async (device) => {
  const { data, of } = blobs([260, 200, 120, 30], 11, 1);
  for (const [limited, storage] of [[false, "f32"], [true, "f32"], [true, "f16"]] as const) {
    const there = limited ? withLimits(device, { bindingBytes: 256 * 16 * 4 }) : device;
    using pool = await poolOf(there, data, 11, storage);
    assert.equal(pool.blocks.length > 1, limited);
    const { assignment, converged } = await kMeans(pool, { clusters: 4, key: 3 });
    assert.ok(converged);
    const clusterOf = new Map(of.map((blob, i) => [blob, assignment[i]!]));
    assert.equal(new Set(clusterOf.values()).size, 4);
    of.forEach((blob, i) => assert.equal(assignment[i], clusterOf.get(blob), `sample ${i}`));
  }
});

deviceTest("k-means: the inertia is near that of the best of many seeds", async (device) => {
  const random = new Random(5);
  const data = random.uniforms(300 * 4);
  using pool = await poolOf(device, data, 4);
  const inertias: number[] = [];
  for (let seed = 0; seed < 6; seed++) {
    const { assignment } = await kMeans(pool, { clusters: 5, key: keyOf(seed, "clusters") });
    inertias.push(inertia(data, 4, assignment, 5));
  }
  const one = inertia(data, 4, new Uint32Array(300), 1);
  const best = Math.min(...inertias);
  assert.ok(best < 0.6 * one, `${best} of ${one}`);
  assert.ok(Math.max(...inertias) < 1.25 * best, `${inertias}`);
  assert.ok(new Set(inertias).size > 1, "seeds differ");
});

function inertia(data: Float32Array, d: number, assignment: ArrayLike<number>, k: number): number {
  const sums = new Float64Array(k * d);
  const counts = new Float64Array(k);
  for (let i = 0; i < assignment.length; i++) {
    counts[assignment[i]!]!++;
    for (let f = 0; f < d; f++) sums[assignment[i]! * d + f]! += data[i * d + f]!;
  }
  let total = 0;
  for (let e = 0; e < data.length; e++) {
    const cluster = assignment[Math.floor(e / d)]!;
    total += (data[e]! - sums[cluster * d + e % d]! / counts[cluster]!) ** 2;
  }
  return total;
}

deviceTest("k-means: equal samples, one cluster, and a cluster for each sample", async (device) => {
  using equal = await poolOf(device, new Float32Array(20 * 3).fill(2), 3);
  const { converged } = await kMeans(equal, { clusters: 4, key: 0 });
  assert.ok(converged);
  using pool = await poolOf(device, Float32Array.of(0, 1, 5, 7, 11), 1);
  const one = await kMeans(pool, { clusters: 1, key: 0 });
  assert.deepEqual([...one.assignment], [0, 0, 0, 0, 0]);
  const each = await kMeans(pool, { clusters: 5, key: 0 });
  assert.equal(new Set(each.assignment).size, 5);
  for (const clusters of [0, 6, 1.5]) {
    await refuses(
      () => kMeans(pool, { clusters, key: 0 }),
      `Cannot make ${clusters} clusters of 5 samples`,
    );
  }
});

deviceTest(
  "typiclust: one of each blob, the largest first, and the densest of it",
  async (device) => {
    const { data, of } = blobs([40, 25, 60], 3, 2);
    const candidates = of.map((_, i) => i);
    using pool = await poolOf(device, data, 3);
    const picks = await typiclust(pool, { budget: 3, labeled: [], candidates });
    assert.deepEqual(picks.map((index) => of[index]), [2, 0, 1]);
    for (const pick of picks) assert.equal(pick, densest(data, of, of[pick]!));
    // What holds a label is used up, and what is excluded is not picked although it is the densest.
    const labeled = [picks[0]!, of.lastIndexOf(2)];
    const open = candidates.filter((i) => !labeled.includes(i) && i !== picks[1]);
    const next = await typiclust(pool, {
      budget: 1,
      labeled: [picks[0]!],
      candidates: open,
    });
    assert.notEqual(of[next[0]!], 2);
    assert.notEqual(next[0], picks[1]);
  },
);

/** The picks of TypiClust among candidates; what is neither one nor labeled is excluded. */
async function typiclust(
  pool: Pool,
  { budget, labeled, candidates, seed = 0 }: {
    budget: number;
    labeled: readonly number[];
    candidates: readonly number[];
    seed?: number;
  },
): Promise<number[]> {
  const excluded = Array.from({ length: pool.rows }, (_, i) => i)
    .filter((i) => !labeled.includes(i) && !candidates.includes(i));
  return (await runStrategy(pool, "typiclust", { budget, labeled, excluded, seed })).picks;
}

function densest(data: Float32Array, of: readonly number[], blob: number): number {
  const members = of.flatMap((other, i) => other === blob ? [i] : []);
  const square = (i: number, j: number) =>
    [0, 1, 2].reduce((sum, f) => sum + (data[3 * i + f]! - data[3 * j + f]!) ** 2, 0);
  const neighbors = Math.min(20, Math.floor(members.length / 2));
  const spread = members.map((i) => {
    const all = members.filter((j) => j !== i).map((j) => square(i, j)).sort((a, b) => a - b);
    return all.slice(0, neighbors).reduce((sum, value) => sum + value, 0);
  });
  return members[spread.indexOf(Math.min(...spread))]!;
}

deviceTest("typiclust: all candidates, when the budget is their number", async (device) => {
  const { data, of } = blobs([9, 3], 2, 4);
  using pool = await poolOf(device, data, 2);
  const candidates = of.map((_, i) => i).filter((i) => i % 4 > 0);
  const picks = await typiclust(pool, { budget: 9, labeled: [0], candidates, seed: 1 });
  assert.deepEqual(picks.toSorted((a, b) => a - b), candidates);
});

Deno.test({
  name: "typiclust: covers more classes of the digits than a random batch (cpu)",
  fn: async () => {
    const device = await sharedDevice("cpu");
    const { features, labels, rows, columns } = await digits();
    using pool = await poolOf(device, features, columns);
    let covered = 0;
    for (let seed = 0; seed < 4; seed++) {
      const candidates = Array.from({ length: rows }, (_, i) => i);
      const batch = await coldStartBatch(pool, "typiclust", { ...cold(candidates, 10), seed });
      covered += new Set(batch.map((index) => labels[index])).size / 4;
    }
    // Ten samples at random cover 10 (1 - 0.9^10) = 6.5 classes in the mean.
    assert.ok(covered >= 7.5, `${covered} classes`);
  },
});

function cold(candidates: readonly number[], budget: number): ColdStartOptions {
  return {
    budget,
    candidates,
    labeled: [],
    labels: [],
    excluded: [],
    seed: 0,
    round: 0,
    classes: undefined,
    oracle: undefined,
  };
}

deviceTest("balanced: as many of each class as there can be", async (device) => {
  using pool = await poolOf(device, new Float32Array(30), 1);
  // 20 of class 0, 8 of class 1, 2 of class 2.
  const classOf = (index: number) => index < 20 ? 0 : index < 28 ? 1 : 2;
  const all = Array.from({ length: 30 }, (_, i) => i);
  const asked: number[] = [];
  const options = {
    ...cold(all, 9),
    classes: 3,
    oracle: (index: number) => {
      asked.push(index);
      return Promise.resolve(classOf(index));
    },
  };
  const counts = (batch: readonly number[]) =>
    [0, 1, 2].map((label) => batch.filter((index) => classOf(index) === label).length);
  const batch = await coldStartBatch(pool, "balanced", options);
  assert.equal(new Set(batch).size, 9);
  const [a, b, c] = counts(batch);
  assert.deepEqual([c, a! >= 3, b! >= 3, a! + b! + c!], [2, true, true, 9]);
  assert.equal(asked.length, new Set(asked).size, "no sample is passed to the oracle twice");
  assert.deepEqual(await coldStartBatch(pool, "balanced", options), batch, "the seed decides");
  for (const other of [{ seed: 1 }, { round: 1 }]) {
    assert.notDeepEqual(await coldStartBatch(pool, "balanced", { ...options, ...other }), batch);
  }
  // Labels that are there already count.
  const labels = { labeled: [0, 1], labels: [0, 0], candidates: all.slice(2) };
  const next = await coldStartBatch(pool, "balanced", { ...options, ...labels, budget: 4 });
  assert.deepEqual(counts(next), [0, 2, 2]);
});

deviceTest("balanced: more classes than a function takes arguments", async (device) => {
  using pool = await poolOf(device, new Float32Array(4), 1);
  const options = { ...cold([0, 1, 2, 3], 3), classes: 200_000, oracle: (index: number) => index };
  const batch = await coldStartBatch(pool, "balanced", options);
  assert.equal(new Set(batch).size, 3);
});

deviceTest("balanced: needs an oracle that returns classes, and their number", async (device) => {
  using pool = await poolOf(device, new Float32Array(4), 1);
  const options = cold([0, 1, 2, 3], 2);
  const start = (more: Partial<ColdStartOptions>) =>
    coldStartBatch(pool, "balanced", { ...options, ...more });
  await refuses(
    () => start({ classes: 2 }),
    "Cannot start with a balanced batch without an oracle",
  );
  await refuses(
    () => start({ oracle: () => 0 }),
    "Cannot start with a balanced batch without the number of classes",
  );
  await refuses(
    () => start({ oracle: () => 2, classes: 2, candidates: [3] }),
    "Cannot use label 2 of sample 3 from the oracle: the classes are 0 to 1",
  );
});
