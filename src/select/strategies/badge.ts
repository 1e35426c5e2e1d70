/**
 * BADGE (Ash et al. 2020, "Deep Batch Active Learning by Diverse, Uncertain Gradient Lower Bounds"): k-means++
 * in the space of the gradients that the head's last layer would get if its predictions were right.
 *
 * @module
 */

import { MEMBER_OPTIONS } from "../strategy/member-options.ts";
import { defineStrategy, type StrategyFactory } from "../strategy/strategy.ts";

/** The options of {@linkcode badge}. */
export const badgeOptions = {
  /** Whether the labeled samples count as picks. */
  includeLabeled: { kind: "flag", help: "The labeled samples count as picks" },
  ...MEMBER_OPTIONS,
} as const;

/**
 * Chooses the gradient with the largest norm first, then draws in proportion to the squared distance to the
 * nearest pick. With `includeLabeled` the labeled samples, with the classes that the head predicts, count as
 * picks, and the first one is drawn too.
 */
export const badge: StrategyFactory<typeof badgeOptions> = /* @__PURE__ */ defineStrategy({
  name: "badge",
  summary: "Draws of samples whose gradients of the last layer are large and far apart",
  source: "Ash et al. 2020, algorithm 1",
  cost: "one pass over features and predictions a pick",
  reads: ["probabilities"],
  options: badgeOptions,
  async select(request, options) {
    const { chooseBadge } = await import("../algorithms/badge.ts");
    return await chooseBadge(request, options);
  },
});
