/**
 * Herding: picks whose neighborhoods cover the pool (Bae et al. 2024, "Generalized Coverage for More Robust
 * Low-Budget Active Learning", MaxHerding; Bae et al. 2025, "Uncertainty Herding: One Active Learning Method
 * for All Label Budgets"). Both are greedy in
 *
 *     mean over unlabeled j of w_j max(k_ij - m_j, 0),   m_j = max of k_js over s labeled or picked
 *
 * with the kernel `k = exp(-gamma |x - y|^2)` of features of length 1.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import { pickCovering } from "../geometry/coverage.ts";
import type { SelectionRequest } from "../request.ts";
import type { Selection } from "../strategy-options.ts";
import { uncertaintyScores } from "../members/uncertainty.ts";

/** MaxHerding: all samples count alike. It needs no head, and so can choose the first batch. */
export async function maxHerding(request: SelectionRequest): Promise<Selection> {
  return await herd(request, "max-herding");
}

/**
 * Uncertainty herding: a sample counts with its margin uncertainty `1 - (p1 - p2)`, of probabilities whose logits
 * were divided by `temperature`.
 *
 * @throws {InputError} with a single class
 */
export async function uncertaintyHerding(request: SelectionRequest): Promise<Selection> {
  const { pool, predictor, choices } = request;
  if (predictor!.classes < 2) {
    throw new InputError(
      "Cannot run uncertainty-herding with a single class: nothing is uncertain",
    );
  }
  const { temperature } = choices;
  const weights = await uncertaintyScores(pool, predictor!, "margin", temperature);
  return await herd(request, "uncertainty-herding", weights);
}

async function herd(
  request: SelectionRequest,
  phase: string,
  weights?: Float64Array,
): Promise<Selection> {
  const { gamma = 1 } = request.choices;
  using pool = request.pool.normalized();
  const picks = await pickCovering(pool, request, {
    similarity: { shape: "exponential", scale: gamma },
    phase,
    // Rounding of p1 - p2 must not make a weight negative: gains would rise as coverage grows.
    ...(weights && { weights: weights.map((weight) => Math.max(0, weight)) }),
  });
  return { picks };
}
