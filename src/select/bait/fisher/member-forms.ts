/**
 * H of the few samples that are part of M, computed by `T = V M^-1` as `H = T F T^T`. For such a
 * sample T is small, while `V P V^T`, computed from the entries of P, is a small difference of
 * large numbers, and in float32 mostly rounding error.
 *
 * @module
 */

import { allocate } from "../../../device/allocate.ts";
import type { Tensor } from "../../../device/tensor.ts";
import { expandFactors } from "../../../kernels/bait/expand-factors.ts";
import { pairDots } from "../../../kernels/bait/pair-dots.ts";
import { matmul } from "../../../linalg/matmul.ts";
import type { FisherFactors } from "./factors.ts";

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
  const { pool: { device, stride: d }, classes, rank, D } = factors;
  const longest = Math.max(...factors.segments.map((segment) => segment.rows));
  const most = Math.min(longest, Math.max(1, Math.floor(SCRATCH_BYTES / (4 * D * rank))));
  using scratch = allocate(device, {
    v: ["V", [most * rank, D]],
    t: ["V M^-1", [most * rank, D]],
  });
  const { v, t } = scratch;
  for (const [place, segment] of factors.segments.entries()) {
    const { features: x, probabilities, columns, weights } = segment;
    const half = x.dtype === "f16" ? 1 : 0;
    const xOffset = segment.offset * d;
    for (let first = 0; first < segment.rows; first += most) {
      const rows = Math.min(most, segment.rows - first);
      const size = { m: rows * rank, n: D, k: D };
      device.run(
        expandFactors,
        { x, probabilities, columns, weights, v },
        { first, rows, d, classes, rank, xOffset },
        { half },
      );
      matmul(device, { ...size, a: { tensor: v }, b: { tensor: inverse }, c: { tensor: t } });
      matmul(device, { ...size, a: { tensor: t }, b: { tensor: information }, c: { tensor: v } });
      const params = { first, rows, D, rank, part: 1 };
      device.run(pairDots, { t, u: v, forms: forms[place]! }, params);
      await step();
    }
  }
}
