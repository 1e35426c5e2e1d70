/**
 * Margin sampling: the samples whose two most probable classes have the closest probabilities.
 *
 * @module
 */

import { selectTop } from "../drivers/top.ts";
import { uncertaintyScores } from "../members/uncertainty.ts";
import { memberOptions } from "../strategy/member-options.ts";
import { builtInStrategy } from "../strategy/built-in.ts";
import type { StrategyFactory } from "../strategy/strategy.ts";

/**
 * Chooses the samples with the smallest margin `p1 - p2` between the two most probable classes. The
 * scores are `1 - (p1 - p2)`. With several labels a sample, the margin is that of the class whose
 * label is least certain, `min_k |2 p_k - 1|` (Brinker 2006, "On Active Learning in Multi-label
 * Classification").
 *
 * @example Choose the sample that a head is least sure about
 * ```ts
 * import { margin, select } from "@creel/creel";
 * import assert from "node:assert/strict";
 *
 * const { picks, scores } = await select({
 *   features: { data: Float32Array.of(0, 1, 2), columns: 1 },
 *   probs: { data: Float32Array.of(0.75, 0.25, 0.5, 0.5, 0.25, 0.75), columns: 2 },
 *   strategy: margin,
 *   budget: 1,
 * });
 * assert.deepEqual(picks, [1]);
 * assert.deepEqual(scores, [1]);
 * ```
 */
export const margin: StrategyFactory<typeof memberOptions> = /* @__PURE__ */ builtInStrategy({
  name: "margin",
  summary: "Samples whose two most probable classes have the closest probabilities",
  source:
    'Scheffer et al. 2001, "Active Hidden Markov Models for Information Extraction"; Settles ' +
    '2009, "Active Learning Literature Survey", section 3.1',
  cost: "one pass over n x K",
  reads: ["probabilities"],
  independent: true,
  options: memberOptions,
  async select({ pool, predictor, candidates, budget }) {
    const scores = await uncertaintyScores(pool, predictor!, "margin");
    return selectTop(scores, candidates, budget);
  },
});
