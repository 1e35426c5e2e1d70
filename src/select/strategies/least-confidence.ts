/**
 * Least-confidence sampling: the samples whose most probable class has the lowest probability.
 *
 * @module
 */

import { selectTop } from "../drivers/top.ts";
import { uncertaintyScores } from "../members/uncertainty.ts";
import { memberOptions } from "../strategy/member-options.ts";
import { builtInStrategy } from "../strategy/built-in.ts";
import type { StrategyFactory } from "../strategy/strategy.ts";

/**
 * Chooses the samples with the largest `1 - max p`. These numbers are the scores. With several
 * labels a sample, they are the mean over the classes of `min(p, 1 - p)`, the expected share of
 * wrong labels (Esuli & Sebastiani 2009, "Active Learning Strategies for Multi-Label Text
 * Classification", confidence averaged over the classes).
 */
export const leastConfidence: StrategyFactory<typeof memberOptions> =
  /* @__PURE__ */ builtInStrategy({
    name: "least-confidence",
    summary: "Samples whose most probable class has the lowest probability",
    source: 'Lewis & Gale 1994, "A Sequential Algorithm for Training Text Classifiers"; Settles ' +
      '2009, "Active Learning Literature Survey", section 3.1',
    cost: "one pass over n x K",
    reads: ["probabilities"],
    independent: true,
    options: memberOptions,
    async select({ pool, predictor, candidates, budget }) {
      const scores = await uncertaintyScores(pool, predictor!, "least-confidence");
      return selectTop(scores, candidates, budget);
    },
  });
