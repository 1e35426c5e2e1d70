/**
 * The Fisher information of a set of samples, summed into a [D, D] matrix: one weighted Gram matrix
 * for each pair of classes, `sum_i (A_i A_i^T)[k, l] x_i x_i^T`.
 *
 * @module
 */

import type { Tensor } from "../../../device/tensor.ts";
import { pairWeights } from "../../../kernels/bait/pair-weights.ts";
import { addWeightedGram } from "../../../linalg/gram.ts";
import type { FisherFactors } from "./factors.ts";

/**
 * Adds `scale * sum_i V_i V_i^T` to a symmetric matrix.
 *
 * @param factors the samples
 * @param matrix `[D, D]`
 * @param scale the factor
 * @param step called after each piece of work, to cut a recording into slices
 */
export async function addInformation(
  factors: FisherFactors,
  matrix: Tensor,
  scale: number,
  step: () => Promise<void>,
): Promise<void> {
  const { pool: { device }, classes, rank } = factors;
  for (const segment of factors.segments) {
    const { rows, probabilities, columns, weights } = segment;
    using out = device.tensor("pair weights", [rows]);
    for (let k = 0; k < classes; k++) {
      for (let l = 0; l <= k; l++) {
        const params = { rows, classes, rank, k, l };
        device.run(pairWeights, { probabilities, columns, weights, out }, params);
        addWeightedGram(device, segment, out, matrix, { k, l, scale });
        await step();
      }
    }
  }
}

/** How many times {@linkcode addInformation} will call `step`. */
export function informationSteps(factors: FisherFactors): number {
  return factors.segments.length * factors.classes * (factors.classes + 1) / 2;
}
