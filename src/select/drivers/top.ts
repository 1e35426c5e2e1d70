/**
 * The driver of strategies that score samples: the candidates with the highest scores.
 *
 * @module
 */

import type { SelectedBatch } from "../strategy/selection.ts";

/**
 * Returns the candidates with the highest scores, the best first; ties go to the lowest index.
 *
 * @param scores the score of each sample of the pool, `[n]`
 * @param candidates the indices of the samples that may be chosen
 * @param budget the number of samples to choose
 */
export function topOf(
  scores: ArrayLike<number>,
  candidates: readonly number[],
  budget: number,
): number[] {
  return candidates.toSorted((a, b) => scores[b]! - scores[a]! || a - b).slice(0, budget);
}

/**
 * Returns the candidates with the highest scores as the result of a strategy.
 *
 * @param scores the score of each sample of the pool, `[n]`
 * @param candidates the indices of the samples that may be chosen
 * @param budget the number of samples to choose
 */
export function selectTop(
  scores: ArrayLike<number>,
  candidates: readonly number[],
  budget: number,
): SelectedBatch {
  const picks = topOf(scores, candidates, budget);
  return { picks, scores: picks.map((index) => scores[index]!) };
}
