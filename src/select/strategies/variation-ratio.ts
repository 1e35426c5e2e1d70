/**
 * Variation ratio (Freeman 1965; Gal et al. 2017): the samples on whose class the fewest members
 * agree.
 *
 * @module
 */

import { selectTop } from "../drivers/top.ts";
import { disagreement } from "../members/disagreement.ts";
import { builtInStrategy } from "../strategy/built-in.ts";
import type { StrategyFactory } from "../strategy/strategy.ts";
import { severalMembersOptions } from "../strategy/member-options.ts";

/**
 * Chooses the samples with the largest share of members that do not predict the class that most
 * members predict. The shares, 0 to 1, are the scores.
 *
 * Reads the predictions of several members: an ensemble, or members made from one head by dropout
 * of features.
 */
export const variationRatio: StrategyFactory<typeof severalMembersOptions> =
  /* @__PURE__ */ builtInStrategy({
    name: "variation-ratio",
    summary: "Samples on whose class the fewest members agree",
    source:
      'Freeman 1965, "Elementary Applied Statistics"; Gal et al. 2017, "Deep Bayesian Active ' +
      'Learning with Image Data"',
    cost: "one pass over n x K for each member",
    reads: ["members"],
    options: severalMembersOptions,
    async select({ pool, members, candidates, budget, recordingOptions }) {
      const { variationRatio: scores } = await disagreement(pool, members!, recordingOptions);
      return selectTop(scores, candidates, budget);
    },
  });
