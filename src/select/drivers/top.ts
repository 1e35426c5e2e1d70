/**
 * The driver of scoring strategies: the B best of a score.
 *
 * @module
 */

import type { SelectedBatch } from "../strategy/selection.ts";

/**
 * The candidates with the highest scores, best first; ties go to the lowest index.
 *
 * @param scores one for each sample of the pool
 * @param candidates indices of the samples that may be chosen
 * @param budget how many to choose
 */
export function topOf(
  scores: ArrayLike<number>,
  candidates: readonly number[],
  budget: number,
): number[] {
  return candidates.toSorted((a, b) => scores[b]! - scores[a]! || a - b).slice(0, budget);
}

/** The selection of the candidates with the highest scores. */
export function selectTop(
  scores: ArrayLike<number>,
  candidates: readonly number[],
  budget: number,
): SelectedBatch {
  const picks = topOf(scores, candidates, budget);
  return { picks, scores: picks.map((index) => scores[index]!) };
}
