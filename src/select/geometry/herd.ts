/**
 * The engine of the two herding strategies. Both greedily maximize
 *
 *     mean over unlabeled j of w_j max(k_ij - m_j, 0),   m_j = max of k_js over s labeled or picked
 *
 * with the kernel `k = exp(-gamma |x - y|^2)` of features of unit length.
 *
 * @module
 */

import type { SelectionRequest } from "../strategy/request.ts";
import type { SelectedBatch } from "../strategy/selection.ts";
import { pickCovering } from "./coverage.ts";

/** The options of {@linkcode herd}. */
export interface HerdOptions {
  /** The name of the phase for the progress callback. */
  readonly phase: string;
  /** The sharpness of the kernel, above 0. */
  readonly gamma: number;
  /** The weight of each sample, `[n]`. Default: 1. */
  readonly weights?: Float64Array;
}

/** Chooses the samples that cover the pool best. */
export async function herd(
  request: SelectionRequest,
  { phase, gamma, weights }: HerdOptions,
): Promise<SelectedBatch> {
  using pool = request.pool.normalized();
  const picks = await pickCovering(pool, request, {
    similarity: { shape: "exponential", scale: gamma },
    phase,
    // Rounding of p1 - p2 must not make a weight negative: gains would rise as coverage grows.
    ...(weights && { weights: weights.map((weight) => Math.max(0, weight)) }),
  });
  return { picks };
}
