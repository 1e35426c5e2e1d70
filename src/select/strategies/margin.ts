/**
 * Margin: the samples whose two most probable classes are closest.
 *
 * @module
 */

import { selectTop } from "../drivers/top.ts";
import { uncertaintyScores } from "../members/uncertainty.ts";
import { MEMBER_OPTIONS } from "../strategy/member-options.ts";
import { defineStrategy, type StrategyFactory } from "../strategy/strategy.ts";

/** Chooses the samples with the largest `1 - (p1 - p2)`, which are the scores. */
export const margin: StrategyFactory<typeof MEMBER_OPTIONS> = /* @__PURE__ */ defineStrategy({
  name: "margin",
  summary: "The samples whose two most probable classes are closest",
  source: "Scheffer et al. 2001; Settles 2009, section 3.1",
  cost: "one pass over the predictions",
  reads: ["probabilities"],
  options: MEMBER_OPTIONS,
  async select({ pool, predictor, candidates, budget }) {
    const scores = await uncertaintyScores(pool, predictor!, "margin");
    return selectTop(scores, candidates, budget);
  },
});
