/**
 * BASE, Balanced Selection (Emam et al. 2021, "Active Learning at the ImageNet Scale"): equally many samples
 * nearest to the boundary of each class.
 *
 * @module
 */

import { defineStrategy, type StrategyFactory } from "../strategy/strategy.ts";

/** The options of {@linkcode base}. */
export const baseOptions = {
  /** Whether rounds start with different classes. */
  rotate: {
    kind: "flag",
    help: "Start with class (round * budget) mod K, so that rounds share the shortage",
  },
} as const;

/**
 * For each class in turn, `floor(B/K) + [c < B mod K]` samples nearest to its boundary that are not taken yet:
 * for samples that are predicted as c any boundary of theirs, for others that between their class and c. With
 * `rotate` the classes start at `(round B) mod K` instead of 0, as the published code always does.
 */
export const base: StrategyFactory<typeof baseOptions> = /* @__PURE__ */ defineStrategy({
  name: "base",
  summary: "Balanced Selection: equally many samples nearest to the boundary of each class",
  source: "Emam et al. 2021",
  cost: "one pass over the logits",
  reads: ["weights"],
  options: baseOptions,
  async select(request, options) {
    const { chooseBase } = await import("../algorithms/base.ts");
    return await chooseBase(request, options);
  },
});
