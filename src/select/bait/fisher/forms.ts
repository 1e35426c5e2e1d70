/**
 * The forms of every sample, `G_i = V_i^T M^-1 V_i` and `H_i = V_i^T P V_i`, computed from the
 * matrices: the pass over the pool that textbook implementations make at every pick, and Creel at
 * the start and to repair drift.
 *
 * @module
 */

import type { Tensor } from "../../../device/tensor.ts";
import { compressForms } from "../../../kernels/bait/compress-forms.ts";
import { rowDots } from "../../../kernels/bait/row-dots.ts";
import { matmul } from "../../../linalg/matmul.ts";
import type { FisherFactors } from "./factors.ts";

/** The largest size of the scratch tensors of one piece of the pass, in bytes. */
const SCRATCH_BYTES = 32 * 2 ** 20;

/** One of the two forms: G from the inverse of M, H from P. */
export type FormPart = "G" | "H";

/** The number of rows of one piece of the pass. */
function pieceRows(factors: FisherFactors): number {
  return Math.max(64, Math.floor(SCRATCH_BYTES / (4 * (factors.D + factors.classes ** 2))));
}

/** How many times {@linkcode computeForms} will call `step`. */
export function formSteps(factors: FisherFactors): number {
  const piece = pieceRows(factors);
  return factors.segments.reduce((sum, { rows }) => sum + Math.ceil(rows / piece), 0) *
    factors.classes;
}

/**
 * Computes one of the two forms of every sample.
 *
 * @param factors the samples
 * @param matrix `[D, D]`: M^-1 for G, P for H
 * @param part which of the two forms
 * @param forms one tensor for each segment, `[rows, 2, r (r + 1) / 2]`: packed lower triangles of G
 * and H
 * @param scores the scores of all samples; samples that are marked as picked keep their forms
 * @param step called after each piece of work, to cut a recording into slices
 */
export async function computeForms(
  factors: FisherFactors,
  matrix: Tensor,
  part: FormPart,
  forms: readonly Tensor[],
  scores: Tensor,
  step: () => Promise<void>,
): Promise<void> {
  const { pool: { device, stride: d }, classes, rank, D } = factors;
  const most = Math.min(
    pieceRows(factors),
    Math.max(...factors.segments.map((segment) => segment.rows)),
  );
  using y = device.tensor("X B", [most, D]);
  using q = device.tensor("class forms", [most, classes, classes]);
  for (const [place, segment] of factors.segments.entries()) {
    const { features, probabilities, columns, weights } = segment;
    const half = features.dtype === "f16" ? 1 : 0;
    for (let first = 0; first < segment.rows; first += most) {
      const rows = Math.min(most, segment.rows - first);
      const xOffset = (segment.offset + first) * d;
      for (let k = 0; k < classes; k++) {
        matmul(device, {
          m: rows,
          n: (k + 1) * d,
          k: d,
          a: { tensor: features, offset: xOffset },
          b: { tensor: matrix, offset: k * d * D, ld: D },
          c: { tensor: y },
        });
        device.run(rowDots, { x: features, y, q }, { rows, d, classes, k, xOffset }, {
          half,
          lanes: 8,
        });
        if (k === classes - 1) {
          device.run(
            compressForms,
            { q, probabilities, columns, weights, scores, forms: forms[place]! },
            { first, rows, rank, part: part === "G" ? 0 : 1, base: segment.base },
            { classes, lanes: classes === 1 ? 1 : classes <= 32 ? 16 : 64 },
          );
        }
        await step();
      }
    }
  }
}
