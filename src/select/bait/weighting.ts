/**
 * The scales of candidates and labeled samples in BAIT's weightings, and the default ridge.
 *
 * @module
 */

import type { Weighting } from "../strategy/bait-report.ts";

/** The default ridge as a share of the mean of the diagonal of F (docs/mathematics.md). */
export const AUTO_SHARE = 0.3;

/** The scales of a weighting: of the V of candidates, and of the sum over the labeled samples. */
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
