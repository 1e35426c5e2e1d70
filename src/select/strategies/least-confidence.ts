/**
 * Least confidence: the samples whose most probable class is least probable.
 *
 * @module
 */

import { selectTop } from "../drivers/top.ts";
import { uncertaintyScores } from "../members/uncertainty.ts";
import { memberOptions } from "../strategy/member-options.ts";
import { builtInStrategy } from "../strategy/built-in.ts";
import type { StrategyFactory } from "../strategy/strategy.ts";

/** Chooses the samples with the largest `1 - max p`, which are the scores. */
export const leastConfidence: StrategyFactory<typeof memberOptions> =
  /* @__PURE__ */ builtInStrategy({
    name: "least-confidence",
    summary: "The samples whose most probable class is least probable",
    source: "Lewis & Gale 1994; Settles 2009, section 3.1",
    cost: "one pass over the predictions",
    reads: ["probabilities"],
    options: memberOptions,
    async select({ pool, predictor, candidates, budget }) {
      const scores = await uncertaintyScores(pool, predictor!, "least-confidence");
      return selectTop(scores, candidates, budget);
    },
  });
