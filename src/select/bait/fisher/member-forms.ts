/**
 * Forms of samples whose V are written out: H of the few samples that are part of M, computed by
 * `T = V M^-1` as `H = T F T^T`. For such a sample T is small, while `V P V^T`, computed from the
 * entries of P, is a small difference of large numbers, and in float32 mostly rounding error.
 *
 * @module
 */

import { allocate } from "../../../device/allocate.ts";
import type { Tensor } from "../../../device/tensor.ts";
import { expandFactors } from "../../../kernels/bait/expand-factors.ts";
import { pairDots } from "../../../kernels/bait/pair-dots.ts";
import { matmul } from "../../../linalg/matmul.ts";
import type { FactorSegment, FisherFactors } from "./factors.ts";

/** The largest size of each of the three scratch matrices, in bytes. */
const SCRATCH_BYTES = 32 * 2 ** 20;

/**
 * Computes H of every sample.
 *
 * @param factors the samples
 * @param inverse M^-1 `[D, D]`
 * @param information F `[D, D]`
 * @param forms one tensor for each segment, `[rows, 2, r (r + 1) / 2]`; only H is written
 * @param step called after each piece of work, to cut a recording into slices
 */
export async function computeMemberForms(
  factors: FisherFactors,
  inverse: Tensor,
  information: Tensor,
  forms: readonly Tensor[],
  step: () => Promise<void>,
): Promise<void> {
  const { pool: { device }, D } = factors;
  await computePairs(factors, forms, 1, step, (v, t, m) => {
    const size = { m, n: D, k: D };
    matmul(device, { ...size, a: { tensor: v }, b: { tensor: inverse }, c: { tensor: t } });
    matmul(device, { ...size, a: { tensor: t }, b: { tensor: information }, c: { tensor: v } });
  });
}

/**
 * Computes one of the two forms of every sample as the dot products of two matrices, which are
 * computed from V in pieces.
 *
 * @param factors the samples
 * @param forms one tensor for each segment, `[rows, 2, r (r + 1) / 2]`
 * @param part 0 to write G, 1 to write H
 * @param step called after each piece of work
 * @param multiply computes the matrices from V `[m, D]`, in the place of V and of another of its
 * size
 */
export async function computePairs(
  factors: FisherFactors,
  forms: readonly Tensor[],
  part: 0 | 1,
  step: () => Promise<void>,
  multiply: (v: Tensor, t: Tensor, m: number) => void,
): Promise<void> {
  const { pool: { device }, rank, D } = factors;
  const longest = Math.max(...factors.segments.map((segment) => segment.rows));
  const most = Math.min(longest, Math.max(1, Math.floor(SCRATCH_BYTES / (4 * D * rank))));
  using scratch = allocate(device, {
    v: ["V", [most * rank, D]],
    t: ["a product of V", [most * rank, D]],
  });
  const { v, t } = scratch;
  for (const [place, segment] of factors.segments.entries()) {
    for (let first = 0; first < segment.rows; first += most) {
      const rows = Math.min(most, segment.rows - first);
      expand(factors, segment, v, first, rows);
      multiply(v, t, rows * rank);
      device.run(pairDots, { t, u: v, forms: forms[place]! }, { first, rows, D, rank, part });
      await step();
    }
  }
}

/** Records V of some samples of a segment, as rows: `[rows * r, D]`. */
export function expand(
  { pool: { device, stride: d }, classes, rank }: FisherFactors,
  { features: x, probabilities, columns, weights, offset }: FactorSegment,
  v: Tensor,
  first: number,
  rows: number,
): void {
  device.run(
    expandFactors,
    { x, probabilities, columns, weights, v },
    { first, rows, d, classes, rank, xOffset: offset * d },
    { half: x.dtype === "f16" ? 1 : 0 },
  );
}
