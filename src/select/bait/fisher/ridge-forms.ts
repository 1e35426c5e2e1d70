/**
 * G where M is a ridge and the information of a few labeled samples: their V stand in for M^-1.
 *
 * @module
 */

import type { Tensor } from "../../../device/tensor.ts";
import { setDiagonal } from "../../../kernels/linalg/set-diagonal.ts";
import { cholesky, solveTriangular } from "../../../linalg/cholesky.ts";
import { matmul } from "../../../linalg/matmul.ts";
import type { FisherFactors } from "./factors.ts";
import { computePairs, expand } from "./member-forms.ts";

/** The terms of `M = lambda I + scale U^T U`. */
export interface Ridge {
  /** lambda. */
  readonly lambda: number;
  /** The labeled samples, whose V are the rows of U. */
  readonly labeled: FisherFactors;
  /** The factor of the sum of their information. */
  readonly scale: number;
}

/** Whether so few samples are labeled that products with their V are less than half of the work. */
export function areFew(labeled: FisherFactors | undefined): labeled is FisherFactors {
  if (labeled?.segments.length !== 1) return false;
  const { classes, rank, pool: { rows, stride } } = labeled;
  return 8 * rank ** 2 * rows <= (classes + 1) * stride;
}

/**
 * Computes G of every sample: with `K = lambda I + scale U U^T = L L^T` and `Z = L^-1 U`,
 * `M^-1 = (I - scale Z^T Z) / lambda` (Woodbury).
 *
 * @param factors the samples, none of which has been picked
 * @param ridge the terms of M
 * @param forms one tensor for each segment, `[rows, 2, r (r + 1) / 2]`; only G is written
 * @param step called after each piece of work, to cut a recording into slices
 */
export async function computeRidgeForms(
  factors: FisherFactors,
  { lambda, labeled, scale }: Ridge,
  forms: readonly Tensor[],
  step: () => Promise<void>,
): Promise<void> {
  const { pool: { device }, D } = factors;
  using z = directions(labeled, lambda, scale);
  const width = z.shape[0]!;
  await computePairs(factors, forms, 0, step, (v, t, m) => {
    using y = device.tensor("V Z^T", [m, width]);
    const [a, b, c] = [{ tensor: v }, { tensor: z, transposed: true }, { tensor: y }];
    matmul(device, { m, n: width, k: D, a, b, c });
    device.copy(v, t, { count: m * D });
    const factor = { alpha: -scale / lambda, beta: 1 / lambda };
    matmul(device, { m, n: D, k: width, a: c, b: { tensor: z }, c: { tensor: t }, ...factor });
  });
}

/** Z, `[samples * r, D]`. */
function directions(labeled: FisherFactors, lambda: number, scale: number): Tensor {
  const { pool: { device, rows }, segments, rank, D } = labeled;
  const m = rows * rank;
  using v = device.tensor("V", [m, D]);
  expand(labeled, segments[0]!, v, 0, rows);
  using matrix = device.tensor("K", [m, m]);
  using s = device.tensor("lambda", [1], "real", [lambda]);
  device.run(setDiagonal, { s, matrix }, { D: m });
  const b = { tensor: v, transposed: true };
  const c = { tensor: matrix };
  matmul(device, { m, n: m, k: D, a: { tensor: v }, b, c, alpha: scale, beta: 1, lower: true });
  using factor = cholesky(device, matrix);
  return solveTriangular(device, factor, v);
}
