/**
 * Uniform choice, the baseline of every comparison.
 *
 * @module
 */

import { sample } from "../../random/sample.ts";
import { builtInStrategy } from "../strategy/built-in.ts";
import type { StrategyFactory } from "../strategy/strategy.ts";

/** Chooses uniformly at random, without replacement. */
export const random: StrategyFactory<Record<never, never>> = /* @__PURE__ */ builtInStrategy({
  name: "random",
  summary: "A uniform choice without replacement",
  source: "the baseline",
  cost: "nothing on the device",
  select: ({ candidates, budget, keyFor }) =>
    Promise.resolve({ picks: sample(candidates, budget, keyFor("random")) }),
});
