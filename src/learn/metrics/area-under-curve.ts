/**
 * The area under a learning curve, which summarizes a whole run of active learning in one number.
 *
 * @module
 */

import { InputError } from "../../errors.ts";

/**
 * The area under a learning curve by the trapezoid rule, divided by the range of the label counts:
 * the mean height of the curve, in the unit of the scores. A curve of one point has the height of
 * that point.
 *
 * @example
 * ```ts
 * import { areaUnderCurve } from "@creel/creel/metrics";
 * import assert from "node:assert/strict";
 *
 * assert.equal(areaUnderCurve([10, 20, 40], [0.5, 0.7, 0.9]), (10 * 0.6 + 20 * 0.8) / 30);
 * ```
 *
 * @param counts the number of labels at each point, increasing
 * @param scores the score (such as the accuracy) at each point
 * @throws {InputError} if there are no points, the lengths differ, a number is not finite, or the
 * counts do not increase
 */
export function areaUnderCurve(counts: ArrayLike<number>, scores: ArrayLike<number>): number {
  const points = counts.length;
  if (points !== scores.length || points === 0) {
    throw new InputError(
      `Cannot measure a curve of ${points} label counts and ${scores.length} scores: each count ` +
        "needs one score, and at least 1 is needed",
    );
  }
  let area = 0;
  for (let i = 0; i < points; i++) {
    if (!Number.isFinite(counts[i]) || !Number.isFinite(scores[i])) {
      throw new InputError(
        `Cannot measure a curve with score ${scores[i]} at ${
          counts[i]
        } labels: both must be finite`,
      );
    }
    if (i === 0) continue;
    const step = counts[i]! - counts[i - 1]!;
    if (step <= 0) {
      throw new InputError(
        `Cannot measure a curve with ${counts[i]} labels after ${counts[i - 1]}: the counts must ` +
          "increase",
      );
    }
    area += step * (scores[i]! + scores[i - 1]!) / 2;
  }
  return points === 1 ? scores[0]! : area / (counts[points - 1]! - counts[0]!);
}
