/**
 * ProbCover (Yehuda et al. 2022, "Active Learning Through a Covering Lens", algorithm 1): balls around the picks
 * that cover as many samples as possible.
 *
 * @module
 */

import { defineStrategy, type StrategyFactory } from "../strategy/strategy.ts";

/** The options of {@linkcode probCover}. */
export const probCoverOptions = {
  /** The radius of the balls. */
  delta: {
    kind: "number",
    above: 0,
    fallback: "the largest with 95 % of the balls in one k-means cluster",
    help: "The radius of the balls, in units of the features",
  },
} as const;

/**
 * Picks the sample whose ball of radius `delta` (`|x - y| < delta`, of the features as they are) holds the most
 * unlabeled samples that no ball of a labeled sample or a pick holds; ties go to the lowest index. When all
 * are covered the rest of the batch is random. Distances are differences of float32 products: delta should not be
 * below a thousandth of the length of the features.
 */
export const probCover: StrategyFactory<typeof probCoverOptions> = /* @__PURE__ */ defineStrategy({
  name: "prob-cover",
  summary: "Samples whose balls cover the most samples that are not covered yet",
  source: "Yehuda et al. 2022, algorithm 1",
  cost: "n^2 d once, lazily evaluated afterwards",
  reads: [],
  options: probCoverOptions,
  async select(request, options) {
    const { chooseProbCover } = await import("../algorithms/prob-cover.ts");
    return await chooseProbCover(request, options);
  },
});
