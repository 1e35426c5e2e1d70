/**
 * CAL, contrastive active learning (Margatina et al. 2021, "Active Learning by Acquiring Contrastive
 * Examples"): samples whose prediction differs from those of the labeled samples next to them.
 *
 * @module
 */

import { MEMBER_OPTIONS } from "../strategy/member-options.ts";
import { defineStrategy, type StrategyFactory } from "../strategy/strategy.ts";

/**
 * The B samples with the largest mean `KL(p_neighbor || p_x)` over the 10 nearest labeled samples, by the
 * distance between features of length 1.
 *
 * @throws {InputError} if nothing is labeled
 */
export const cal: StrategyFactory<typeof MEMBER_OPTIONS> = /* @__PURE__ */ defineStrategy({
  name: "cal",
  summary: "Samples whose prediction differs from those of the labeled samples next to them",
  source: "Margatina et al. 2021",
  cost: "one pass, with products with all labeled samples",
  reads: ["probabilities"],
  options: MEMBER_OPTIONS,
  async select(request) {
    const { chooseCal } = await import("../algorithms/cal.ts");
    return await chooseCal(request);
  },
});
