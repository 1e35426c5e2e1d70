/** Balancing against a literal reading of its definition, and on pools with rare classes. */

import assert from "node:assert/strict";
import { select, type SelectOptions } from "../../../src/learn/select.ts";
import { keyOf } from "../../../src/random/counter-hash.ts";
import { sample } from "../../../src/random/sample.ts";
import { balancing, unevenness } from "../../../src/select/strategies/balancing.ts";
import { deviceTest, Random, withLimits } from "../../fixture.ts";
import { refuses } from "../../io/fixtures.ts";

const COLUMNS = 3;

/** Samples around one center for each class, in random order; `sizes` has their numbers. */
function clusters(sizes: readonly number[], seed: number) {
  const random = new Random(seed);
  const classes = sizes.flatMap((size, label) => new Array<number>(size).fill(label));
  const truth = random.distinct(classes.length, classes.length).map((at) => classes[at]!);
  const rows = truth.map((label) =>
    Array.from(random.normals(COLUMNS), (x, f) => x + (f === label % COLUMNS ? 3 : 0))
  );
  const labeled = sizes.map((_, label) => truth.indexOf(label));
  return { truth, features: rows.map((row) => row.map(Math.fround)), labeled };
}

/** Balancing, with the random picks in their order. */
function literal(
  features: readonly number[][],
  truth: readonly number[],
  labeled: readonly number[],
  shuffled: readonly number[],
  budget: number,
): number[] {
  const picks: number[] = [];
  const square = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, f) => sum + (value - y[f]!) ** 2, 0);
  while (picks.length < budget) {
    const known = [...labeled, ...picks];
    const open = features.map((_, i) => i).filter((i) => !known.includes(i));
    const classes = Math.max(...known.map((i) => truth[i]!)) + 1;
    const members = Array.from({ length: classes }, (_, c) => known.filter((i) => truth[i] === c));
    const counts = members.map(({ length }) => length);
    const most = Math.max(...counts);
    const missing = counts.reduce((sum, count) => sum + most - count, 0);
    const rarest = counts.indexOf(Math.min(...counts));
    if (missing <= budget - picks.length || counts[rarest] === 0) {
      picks.push(shuffled.find((i) => !picks.includes(i))!);
      continue;
    }
    const mean = (c: number) =>
      features[0]!.map((_, f) =>
        members[c]!.reduce((sum, i) => sum + features[i]![f]!, 0) / counts[c]!
      );
    const major = counts.map((_, c) => c).filter((c) => counts[c]! > known.length / classes);
    const score = (i: number) =>
      square(features[i]!, mean(rarest)) /
      Math.max(...major.map((c) => square(features[i]!, mean(c))));
    picks.push(open.reduce((best, i) => score(i) < score(best) ? i : best));
  }
  return picks;
}

deviceTest(
  "balancing: as in its definition, and the oracle is called for the picks",
  async (device) => {
    for (
      const [sizes, more, budget] of [[[60, 20, 6], 9, 14], [[30, 30], 0, 9], [
        [50, 0, 30, 9],
        6,
        20,
      ]] as const
    ) {
      const { truth, features, labeled: some } = clusters(sizes, 4);
      // More of class 0, so that the start is uneven.
      const common = truth.flatMap((label, i) => label === 0 && !some.includes(i) ? [i] : []);
      const labeled = [...some.filter((i) => i >= 0), ...common.slice(0, more)];
      const known = { device, features, labeled, budget, seed: 3 };
      const open = features.map((_, i) => i).filter((i) => !labeled.includes(i));
      const shuffled = sample(open, budget, keyOf(3, "balancing", 0));
      const asked: number[] = [];
      for (const storage of ["f32", "f16"] as const) {
        asked.length = 0;
        const { picks } = await select({
          ...known,
          labels: labeled.map((i) => truth[i]!),
          strategy: "balancing",
          storage,
          oracle: async (index) => {
            asked.push(index);
            return await Promise.resolve(truth[index]!);
          },
        });
        assert.deepEqual(asked, picks);
        const seen = storage === "f32" ? features : features.map((row) => row.map(Math.f16round));
        assert.deepEqual(
          picks,
          literal(seen, truth, labeled, shuffled, budget),
          `${sizes} ${storage}`,
        );
      }
    }
  },
);

deviceTest("balancing: rare classes get more labels than at random", async (device) => {
  const { truth, features, labeled: start } = clusters([200, 30, 12], 7);
  const labeled = [...start, ...truth.flatMap((label, i) => label === 0 ? [i] : []).slice(1, 12)];
  const input = { device, features, labeled, labels: labeled.map((i) => truth[i]!), budget: 20 };
  const rareOf = async (strategy: "balancing" | "random", seed: number) => {
    const oracle = (index: number) => truth[index]!;
    const { picks } = await select({ ...input, strategy, seed, oracle });
    assert.equal(new Set([...picks, ...labeled]).size, 20 + labeled.length);
    return picks.filter((i) => truth[i] !== 0).length;
  };
  for (let seed = 0; seed < 3; seed++) {
    const [balanced, random] = [await rareOf("balancing", seed), await rareOf("random", seed)];
    assert.ok(balanced > 2 * random && balanced >= 12, `${balanced} and ${random}`);
  }
});

deviceTest("balancing: blocks and parts of a pool", async (device) => {
  const { truth, features, labeled: start } = clusters([500, 60, 40], 8);
  const labeled = [...start, ...truth.flatMap((label, i) => label === 0 ? [i] : []).slice(1, 12)];
  const input = {
    features,
    labeled,
    labels: labeled.map((i) => truth[i]!),
    budget: 12,
    strategy: balancing(),
    oracle: (index: number) => truth[index]!,
  };
  const { picks } = await select({ ...input, device });
  const small = withLimits(device, { bindingBytes: 256 * 8 * 4 });
  assert.deepEqual((await select({ ...input, device: small })).picks, picks);
  const strategy = balancing({ candidates: 300, partitions: 2 });
  const parts = await select({ ...input, device, strategy, seed: 1 });
  assert.equal(new Set([...parts.picks, ...labeled]).size, 12 + labeled.length);
});

Deno.test("balancing: what is too uneven", () => {
  assert.equal(unevenness([4, 4, 4], 0), undefined);
  assert.equal(unevenness([5, 2, 4], 4), undefined);
  assert.deepEqual(unevenness([5, 2, 4], 3), { rarest: 1, major: [0, 2] });
  assert.deepEqual(unevenness([9, 2, 2, 3], 3), { rarest: 1, major: [0] });
  assert.equal(unevenness([9, 0, 2], 3), undefined, "the rarest class has no mean");
});

Deno.test("balancing: a few hundred thousand classes are no function's arguments", () => {
  const counts = new Array<number>(300_000).fill(2);
  counts[123_456] = 1;
  counts[77] = 500_000;
  assert.deepEqual(unevenness(counts, 3), { rarest: 123_456, major: [77] });
});

deviceTest("balancing: what is missing or no class is said in a sentence", async (device) => {
  const { features } = clusters([8, 8], 1);
  const input = {
    device,
    features,
    labeled: [1, 5],
    labels: [0, 1],
    budget: 3,
    strategy: balancing,
  };
  const oracle = () => 0;
  const cases: [Partial<SelectOptions>, string][] = [
    [
      {},
      "Cannot run balancing without an oracle that tells the class of each pick at once: simulate it, or " +
      "give an oracle",
    ],
    [
      { labels: undefined, oracle },
      "Cannot run balancing without labels: give the classes of the labeled samples",
    ],
    [
      { labels: [0, -2], oracle },
      "Cannot use -2 as the class of sample 5: classes are whole numbers from 0, below 1000000",
    ],
    [
      { oracle: () => 1.5, seed: 2 },
      "Cannot use 1.5 as the class of sample INDEX: classes are whole numbers from 0, below 1000000",
    ],
    [
      { oracle: () => 2e9, seed: 2 },
      "Cannot use 2000000000 as the class of sample INDEX: classes are whole numbers from 0, below 1000000",
    ],
    [
      { oracle: () => Promise.resolve(NaN), seed: 2 },
      "Cannot use NaN as the class of sample INDEX: classes are whole numbers from 0, below 1000000",
    ],
  ];
  const open = features.map((_, i) => i).filter((i) => !input.labeled.includes(i));
  const [first] = sample(open, 1, keyOf(2, "balancing", 0));
  for (const [options, message] of cases) {
    await refuses(() => select({ ...input, ...options }), message.replace("INDEX", `${first}`));
  }
});
