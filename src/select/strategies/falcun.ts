/**
 * FALCUN (Gilhuber et al. 2024, "FALCUN: A Simple and Efficient Deep Active Learning Strategy"): uncertain
 * samples whose predictions differ from those of the picks.
 *
 * @module
 */

import { MEMBER_OPTIONS } from "../strategy/member-options.ts";
import { defineStrategy, type StrategyFactory } from "../strategy/strategy.ts";

/** The options of {@linkcode falcun}. */
export const falcunOptions = {
  /** The power of the draws. */
  gamma: {
    kind: "number",
    above: 0,
    default: 10,
    help: "Samples are drawn with probability proportional to state^gamma",
  },
  /** Whether the best sample is taken instead of a draw. */
  deterministic: { kind: "flag", help: "Take the sample with the largest state instead of a draw" },
  ...MEMBER_OPTIONS,
} as const;

/**
 * Chooses with the state `min(1 - (p1 - p2), L1 distance of p to the picks')`: draws in proportion to
 * `state^gamma`, or the largest state if `deterministic`.
 */
export const falcun: StrategyFactory<typeof falcunOptions> = /* @__PURE__ */ defineStrategy({
  name: "falcun",
  summary: "Draws of uncertain samples whose predictions differ from those of the picks",
  source: "Gilhuber et al. 2024",
  cost: "one pass over the predictions a pick",
  reads: ["probabilities"],
  options: falcunOptions,
  async select(request, options) {
    const { chooseFalcun } = await import("../algorithms/falcun.ts");
    return await chooseFalcun(request, options);
  },
});
