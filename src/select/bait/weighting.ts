/**
 * How BAIT's weightings scale candidates and labeled samples, and its default ridge.
 *
 * @module
 */

import type { Weighting } from "../strategy/bait-report.ts";

/** The share of the mean of F's diagonal that is the ridge by default (docs/mathematics.md). */
export const AUTO_SHARE = 0.3;

/** The scales of a weighting: of candidates' V, and of the sum over the labeled. */
export function scalesOf(
  weighting: Weighting,
  labeled: number,
  budget: number,
): { candidate: number; known: number } {
  const mean = labeled > 0 ? 1 / labeled : 0;
  if (weighting === "sum") return { candidate: 1, known: 1 };
  if (weighting === "paper") return { candidate: 1, known: mean };
  return {
    candidate: Math.sqrt(budget / (labeled + budget)),
    known: mean * labeled / (labeled + budget),
  };
}
