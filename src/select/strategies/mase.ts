/**
 * MASE (Emam et al. 2021, "Active Learning at the ImageNet Scale"): the samples nearest to a decision boundary
 * of a linear head.
 *
 * @module
 */

import { defineStrategy, type StrategyFactory } from "../strategy/strategy.ts";

/**
 * Chooses the samples with the smallest distance to a decision boundary,
 * `min over c != yhat of (z_yhat - z_c) / |w_yhat - w_c|`. The scores are the negative distances.
 */
export const mase: StrategyFactory<Record<never, never>> = /* @__PURE__ */ defineStrategy({
  name: "mase",
  summary: "The samples nearest to a decision boundary of a linear head",
  source: "Emam et al. 2021",
  cost: "one pass over the logits",
  reads: ["weights"],
  async select(request) {
    const { chooseMase } = await import("../algorithms/mase.ts");
    return await chooseMase(request);
  },
});
