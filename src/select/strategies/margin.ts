/**
 * Margin: the samples whose two most probable classes are closest.
 *
 * @module
 */

import { selectTop } from "../drivers/top.ts";
import { uncertaintyScores } from "../members/uncertainty.ts";
import { memberOptions } from "../strategy/member-options.ts";
import { builtInStrategy } from "../strategy/built-in.ts";
import type { StrategyFactory } from "../strategy/strategy.ts";

/** Chooses the samples with the largest `1 - (p1 - p2)`, which are the scores. */
export const margin: StrategyFactory<typeof memberOptions> = /* @__PURE__ */ builtInStrategy({
  name: "margin",
  summary: "The samples whose two most probable classes are closest",
  source: "Scheffer et al. 2001; Settles 2009, section 3.1",
  cost: "one pass over the predictions",
  reads: ["probabilities"],
  options: memberOptions,
  async select({ pool, predictor, candidates, budget }) {
    const scores = await uncertaintyScores(pool, predictor!, "margin");
    return selectTop(scores, candidates, budget);
  },
});
