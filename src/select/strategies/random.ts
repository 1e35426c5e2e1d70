/**
 * Random sampling, the baseline of every comparison.
 *
 * @module
 */

import { sample } from "../../random/sample.ts";
import { builtInStrategy } from "../strategy/built-in.ts";
import type { StrategyFactory } from "../strategy/strategy.ts";

/** Chooses samples uniformly at random, without replacement. */
export const random: StrategyFactory<Record<never, never>> = /* @__PURE__ */ builtInStrategy({
  name: "random",
  summary: "Samples drawn uniformly at random, without replacement",
  source: "the baseline",
  cost: "no pass over the pool",
  select: ({ candidates, budget, keyFor }) =>
    Promise.resolve({ picks: sample(candidates, budget, keyFor("random")) }),
});
