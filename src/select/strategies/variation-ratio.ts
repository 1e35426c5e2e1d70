/**
 * Variation ratio: the samples about whose class the fewest members agree.
 *
 * @module
 */

import { selectTop } from "../drivers/top.ts";
import { disagreement } from "../members/disagreement.ts";
import { builtInStrategy } from "../strategy/built-in.ts";
import type { StrategyFactory } from "../strategy/strategy.ts";
import { severalMembersOptions } from "../strategy/member-options.ts";

/** Chooses the samples with the largest share of members that do not vote for the class with the most votes, which are the scores. */
export const variationRatio: StrategyFactory<typeof severalMembersOptions> =
  /* @__PURE__ */ builtInStrategy({
    name: "variation-ratio",
    summary: "The samples with the fewest votes of the members for one class",
    source: "Freeman 1965; Gal et al. 2017",
    cost: "one pass over the predictions of each member",
    reads: ["members"],
    options: severalMembersOptions,
    async select({ pool, members, candidates, budget, recordingOptions }) {
      const { variationRatio: scores } = await disagreement(pool, members!, recordingOptions);
      return selectTop(scores, candidates, budget);
    },
  });
