/**
 * G of samples of rank 1 where M is a ridge and the information of a few labeled samples: their
 * features stand in for M^-1 (docs/mathematics.md, "The update").
 *
 * @module
 */

import type { Tensor } from "../../../device/tensor.ts";
import { ResourceStack } from "../../../disposal.ts";
import { expandFactors } from "../../../kernels/bait/expand-factors.ts";
import { ridgeForms } from "../../../kernels/bait/ridge-forms.ts";
import { setDiagonal } from "../../../kernels/linalg/set-diagonal.ts";
import { cholesky, solveTriangular } from "../../../linalg/cholesky.ts";
import { matmul } from "../../../linalg/matmul.ts";
import type { FisherFactors } from "./factors.ts";
import { forPieces } from "./forms.ts";

/** The terms of `M = lambda I + scale U^T U`. */
export interface Ridge {
  /** lambda, `[1]`. */
  readonly lambda: Tensor;
  /** The labeled samples, whose V are the rows of U. */
  readonly labeled: FisherFactors;
  /** The factor of the sum of their information. */
  readonly scale: number;
}

/** Whether M is a ridge and so few samples that its inverse costs more than they do. */
export function isMostlyRidge(labeled: FisherFactors | undefined): labeled is FisherFactors {
  return labeled?.classes === 1 && labeled.rank === 1 && labeled.segments.length === 1 &&
    3 * labeled.pool.rows <= labeled.D;
}

/**
 * Computes G of every sample: with `K = lambda I + scale U U^T = L L^T` and `Z = L^-1 U`,
 * `M^-1 = (I - scale Z^T Z) / lambda`.
 *
 * @param factors the samples
 * @param ridge the terms of M
 * @param forms one tensor for each segment, `[rows, 2]`; only G is written
 * @param scores the scores of all samples; samples that are marked as picked keep their forms
 * @param step called after each piece of work, to cut a recording into slices
 */
export async function computeRidgeForms(
  factors: FisherFactors,
  { lambda, labeled, scale }: Ridge,
  forms: readonly Tensor[],
  scores: Tensor,
  step: () => Promise<void>,
): Promise<void> {
  const { pool: { device, stride: d } } = factors;
  using undo = new ResourceStack();
  const z = undo.use(directions(labeled, lambda, scale));
  const width = z.shape[0]!;
  await forPieces(factors, async (segment, place, first, rows) => {
    const { features: x, offset, base, weights } = segment;
    const xOffset = (offset + first) * d;
    using y = device.tensor("X Z^T", [rows, width]);
    const b = { tensor: z, transposed: true };
    matmul(device, {
      m: rows,
      n: width,
      k: d,
      a: { tensor: x, offset: xOffset },
      b,
      c: { tensor: y },
    });
    device.run(
      ridgeForms,
      { x, y, weights, scores, lambda, forms: forms[place]! },
      { rows, d, width, xOffset, first, base, scale },
      { half: x.dtype === "f16" ? 1 : 0 },
    );
    await step();
  });
}

/** Z, `[samples, D]`. */
function directions({ pool, segments, D }: FisherFactors, lambda: Tensor, scale: number): Tensor {
  const { device, rows } = pool;
  const { features: x, probabilities, columns, weights, offset } = segments[0]!;
  using v = device.tensor("V", [rows, D]);
  device.run(
    expandFactors,
    { x, probabilities, columns, weights, v },
    { first: 0, rows, d: D, classes: 1, rank: 1, xOffset: offset * D },
    { half: x.dtype === "f16" ? 1 : 0 },
  );
  using matrix = device.tensor("K", [rows, rows]);
  device.run(setDiagonal, { s: lambda, matrix }, { D: rows });
  const [a, b] = [{ tensor: v }, { tensor: v, transposed: true }];
  const options = { alpha: scale, beta: 1, lower: true };
  matmul(device, { m: rows, n: rows, k: D, a, b, c: { tensor: matrix }, ...options });
  using factor = cholesky(device, matrix);
  return solveTriangular(device, factor, v);
}
