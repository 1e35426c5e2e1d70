/**
 * BALD: the samples whose class tells most about which member is right.
 *
 * @module
 */

import { selectTop } from "../drivers/top.ts";
import { disagreement } from "../members/disagreement.ts";
import { builtInStrategy } from "../strategy/built-in.ts";
import type { StrategyFactory } from "../strategy/strategy.ts";
import { severalMembersOptions } from "../strategy/member-options.ts";

/** Chooses the samples with the largest mutual information of the class and the member, `H(mean p) - mean H(p_m)` in nats, which are the scores. */
export const bald: StrategyFactory<typeof severalMembersOptions> = /* @__PURE__ */ builtInStrategy({
  name: "bald",
  summary: "The samples about which the members disagree most confidently",
  source: "Houlsby et al. 2011, equation 2; Gal et al. 2017",
  cost: "one pass over the predictions of each member",
  reads: ["members"],
  options: severalMembersOptions,
  async select({ pool, members, candidates, budget, recordingOptions }) {
    const { bald: scores } = await disagreement(pool, members!, recordingOptions);
    return selectTop(scores, candidates, budget);
  },
});
