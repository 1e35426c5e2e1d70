/** What follows from the seed: all that is random about a selection, and nothing else. */

import assert from "node:assert/strict";
import {
  badge,
  bait,
  balancing,
  bald,
  batchBald,
  clusterMargin,
  coreset,
  dropQuery,
  entropy,
  falcun,
  margin,
  maxHerding,
  probCover,
  random,
  STRATEGIES,
  type Strategy,
  type StrategyLike,
  typiclust,
  uncertaintyHerding,
  variationRatio,
} from "../../mod.ts";
import { alfaMix } from "../../src/select/strategies/alfa-mix.ts";
import { deviceTest, sharedDevice } from "../fixture.ts";
import { refuses } from "../io/fixtures.ts";
import { choice, situation } from "./situation.ts";

/** Strategies that draw. */
const DRAWING: readonly Strategy[] = [
  random(),
  bald(),
  variationRatio(),
  batchBald(),
  badge(),
  falcun(),
  // Every sample lies in every ball, so that all picks but one fill up.
  probCover({ delta: 50 }),
  typiclust(),
  clusterMargin({ clusters: 7 }),
  dropQuery(),
  alfaMix(),
  balancing(),
];

/** Options with which any other draws as well. */
const MADE_TO_DRAW: readonly Strategy[] = [
  bait({ members: 3 }),
  margin({ members: 3 }),
  coreset({ candidates: 40 }),
  maxHerding({ partitions: 3 }),
  entropy({ candidates: 40, partitions: 2 }),
  uncertaintyHerding({ dropout: 0.4 }),
];

/** Strategies that do not, unless they are made to. */
const FIXED: readonly StrategyLike[] = [
  ...["bait", "least-confidence", "margin", "entropy", "mase", "base", "cal", "coreset"],
  ...["max-herding", "uncertainty-herding"],
];

/** Seeds that differ in all their bits, in the high ones, or in the sign. */
const SEEDS = [[0, 1], [0, 2 ** 32], [-1, 2 ** 32 - 1], [7, -7], [2 ** 52, 2 ** 51]] as const;

/** With labels that are even, so that balancing draws, too. */
const INPUT = {
  ...situation(11, 61, 13),
  labels: Array.from({ length: 11 }, (_, at) => at % 4),
  budget: 9,
};

Deno.test("seeds: every strategy is known as one that draws or as one that does not", () => {
  const known = [...DRAWING.map(({ name }) => name), ...FIXED];
  assert.deepEqual(known.toSorted(), [...STRATEGIES].sort());
});

Deno.test("seeds: another seed or round is another choice, of every strategy that draws", async () => {
  const device = await sharedDevice("cpu");
  for (const strategy of [...DRAWING, ...MADE_TO_DRAW]) {
    const picksOf = async (seed: number | undefined, round?: number) =>
      (await choice(device, strategy, { ...INPUT, seed, round })).picks;
    const what = (difference: string) => `${strategy.name}, ${difference}`;
    for (const [one, other] of SEEDS) {
      const picks = await picksOf(one);
      assert.deepEqual(await picksOf(one), picks, what(`${one} twice`));
      assert.notDeepEqual(await picksOf(other), picks, what(`seeds ${one} and ${other}`));
    }
    const first = await picksOf(3, 0);
    assert.deepEqual(await picksOf(3), first, what("the first round by default"));
    assert.deepEqual(await picksOf(undefined), await picksOf(0, 0), what("seed 0 by default"));
    assert.notDeepEqual(await picksOf(3, 1), first, what("the second round"));
    // The next seed is not the next round.
    assert.notDeepEqual(await picksOf(4, 0), await picksOf(3, 1), what("seed 4 and round 1"));
  }
});

deviceTest("seeds: what does not draw needs no seed", async (device) => {
  for (const strategy of FIXED) {
    const expected = await choice(device, strategy, INPUT);
    for (const [seed, round] of [[1, 0], [2 ** 32, 3], [-1, 1]] as const) {
      assert.deepEqual(await choice(device, strategy, { ...INPUT, seed, round }), expected);
    }
  }
});

Deno.test("seeds: what is no whole number is refused", async () => {
  const device = await sharedDevice("cpu");
  for (const seed of [0.5, NaN, Infinity, 2 ** 53]) {
    await refuses(
      () => choice(device, random, { ...INPUT, seed }),
      `The seed must be a whole number: found ${seed}`,
    );
  }
  for (const round of [-1, 0.5, NaN]) {
    await refuses(
      () => choice(device, random, { ...INPUT, round }),
      `The round must be a whole number, 0 or more: found ${round}`,
    );
  }
});
