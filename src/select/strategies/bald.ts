/**
 * BALD, Bayesian active learning by disagreement (Houlsby et al. 2011; Gal et al. 2017): the
 * samples with the largest mutual information between their class and the members.
 *
 * @module
 */

import { selectTop } from "../drivers/top.ts";
import { disagreement } from "../members/disagreement.ts";
import { builtInStrategy } from "../strategy/built-in.ts";
import type { StrategyFactory } from "../strategy/strategy.ts";
import { severalMembersOptions } from "../strategy/member-options.ts";

/**
 * Chooses the samples with the largest mutual information between their class and the member that
 * predicts it, `H(mean p) - mean H(p_m)` in nats. These numbers are the scores.
 *
 * Reads the predictions of several members: an ensemble, or members made from one head by dropout
 * of features.
 */
export const bald: StrategyFactory<typeof severalMembersOptions> = /* @__PURE__ */ builtInStrategy({
  name: "bald",
  summary: "Samples on which the members disagree although each of them is certain",
  source: 'Houlsby et al. 2011, "Bayesian Active Learning for Classification and Preference ' +
    'Learning", equation 2; Gal et al. 2017, "Deep Bayesian Active Learning with Image Data"',
  cost: "one pass over n x K for each member",
  reads: ["members"],
  options: severalMembersOptions,
  async select({ pool, members, candidates, budget, recordingOptions }) {
    const { bald: scores } = await disagreement(pool, members!, recordingOptions);
    return selectTop(scores, candidates, budget);
  },
});
