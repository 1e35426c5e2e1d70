/**
 * Least confidence: the samples whose most probable class is least probable.
 *
 * @module
 */

import { selectTop } from "../drivers/top.ts";
import { uncertaintyScores } from "../members/uncertainty.ts";
import { MEMBER_OPTIONS } from "../strategy/member-options.ts";
import { defineStrategy, type StrategyFactory } from "../strategy/strategy.ts";

/** Chooses the samples with the largest `1 - max p`, which are the scores. */
export const leastConfidence: StrategyFactory<typeof MEMBER_OPTIONS> =
  /* @__PURE__ */ defineStrategy({
    name: "least-confidence",
    summary: "The samples whose most probable class is least probable",
    source: "Lewis & Gale 1994; Settles 2009, section 3.1",
    cost: "one pass over the predictions",
    reads: ["probabilities"],
    options: MEMBER_OPTIONS,
    async select({ pool, predictor, candidates, budget }) {
      const scores = await uncertaintyScores(pool, predictor!, "least-confidence");
      return selectTop(scores, candidates, budget);
    },
  });
