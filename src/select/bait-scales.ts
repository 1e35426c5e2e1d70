/**
 * How BAIT's weightings scale candidates and labelled samples, and its default ridge.
 *
 * @module
 */

import type { Weighting } from "./bait-options.ts";

/** The share of the mean of F's diagonal that is the ridge by default (docs/mathematics.md). */
export const AUTO_SHARE = 0.3;

/** The scales of a weighting: of candidates' V, and of the sum over the labelled. */
export function scalesOf(
  weighting: Weighting,
  labeled: number,
  budget: number,
): { candidate: number; labelled: number } {
  const mean = labeled > 0 ? 1 / labeled : 0;
  if (weighting === "sum") return { candidate: 1, labelled: 1 };
  if (weighting === "paper") return { candidate: 1, labelled: mean };
  return {
    candidate: Math.sqrt(budget / (labeled + budget)),
    labelled: mean * labeled / (labeled + budget),
  };
}
