/**
 * Entropy: the samples whose class probabilities are closest to uniform.
 *
 * @module
 */

import { selectTop } from "../drivers/top.ts";
import { uncertaintyScores } from "../members/uncertainty.ts";
import { memberOptions } from "../strategy/member-options.ts";
import { builtInStrategy } from "../strategy/built-in.ts";
import type { StrategyFactory } from "../strategy/strategy.ts";

/** Chooses the samples with the largest `-sum p ln p`, in nats, which are the scores. */
export const entropy: StrategyFactory<typeof memberOptions> = /* @__PURE__ */ builtInStrategy({
  name: "entropy",
  summary: "The samples whose class probabilities have the most entropy",
  source: "Shannon 1948; Settles 2009, section 3.1",
  cost: "one pass over the predictions",
  reads: ["probabilities"],
  options: memberOptions,
  async select({ pool, predictor, candidates, budget }) {
    const scores = await uncertaintyScores(pool, predictor!, "entropy");
    return selectTop(scores, candidates, budget);
  },
});
