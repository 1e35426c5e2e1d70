/**
 * ALFA-Mix (Parvaneh et al. 2022, "Active Learning by Feature Mixing"): samples whose class changes when a little of
 * a labeled class is mixed into their features, and of those a few that stand for the others.
 *
 * @module
 */

import { defineStrategy, type StrategyFactory } from "../strategy/strategy.ts";

/**
 * Chooses among the samples whose class changes when they are moved along the gradient of their loss by
 * `0.2 / sqrt(d) |anchor - x|`, for any of the anchors, which are the means of the labeled classes (equation 5 of the
 * paper): k-means of their features of length 1 into B clusters, and the nearest to each center. Fewer than B such
 * samples are all chosen, and the rest is random.
 */
export const alfaMix: StrategyFactory<Record<never, never>> = /* @__PURE__ */ defineStrategy({
  name: "alfa-mix",
  summary:
    "Samples whose class changes when a little of a labeled class is mixed in, spread by k-means",
  source: "Parvaneh et al. 2022, equation 5",
  cost: "one pass with K x K products, then k-means of the changed samples",
  reads: ["weights", "labels"],
  async select(request) {
    const { chooseAlfaMix } = await import("../algorithms/alfa-mix.ts");
    return await chooseAlfaMix(request);
  },
});
