/**
 * Entropy sampling: the samples whose class probabilities are closest to uniform.
 *
 * @module
 */

import { selectTop } from "../drivers/top.ts";
import { uncertaintyScores } from "../members/uncertainty.ts";
import { memberOptions } from "../strategy/member-options.ts";
import { builtInStrategy } from "../strategy/built-in.ts";
import type { StrategyFactory } from "../strategy/strategy.ts";

/**
 * Chooses the samples with the largest entropy `-sum p ln p`, in nats. The entropies are the
 * scores. With several labels a sample, it is the entropy of all labels together, the sum over the
 * classes of `-p ln p - (1 - p) ln(1 - p)`.
 */
export const entropy: StrategyFactory<typeof memberOptions> = /* @__PURE__ */ builtInStrategy({
  name: "entropy",
  summary: "Samples whose class probabilities have the largest entropy",
  source:
    'Shannon 1948, "A Mathematical Theory of Communication"; Settles 2009, "Active Learning ' +
    'Literature Survey", section 3.1',
  cost: "one pass over n x K",
  reads: ["probabilities"],
  independent: true,
  options: memberOptions,
  async select({ pool, predictor, candidates, budget }) {
    const scores = await uncertaintyScores(pool, predictor!, "entropy");
    return selectTop(scores, candidates, budget);
  },
});
