/**
 * Reductions of whole tensors: inner products, and the masked arg-max.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import type { Tensor } from "../device/tensor.ts";
import { ARG_MAX_GROUP, argMaxGroups } from "../kernels/linalg/arg-max-groups.ts";
import { takeBest as takeBestKernel } from "../kernels/linalg/take-best.ts";
import { innerProduct as innerProductKernel } from "../kernels/linalg/inner-product.ts";
import { sum } from "../kernels/linalg/sum.ts";

/**
 * Records the inner product `out[at] = sum_e a_e b_e`; for symmetric matrices that is `trace(A B)`.
 *
 * @param device the device of all tensors
 * @param a the first factor, of any shape
 * @param b the second factor: another tensor with as many elements
 * @param out receives the result
 * @param at the index in `out` of the result. Default 0
 */
export function dotProduct(device: Device, a: Tensor, b: Tensor, out: Tensor, at = 0): void {
  const size = a.size;
  const groups = Math.min(256, Math.ceil(size / 256));
  using partial = device.tensor("partial sums", [groups]);
  device.run(innerProductKernel, { a, b, out: partial }, { size, groups });
  device.run(sum, { values: partial, out }, { size: groups, at });
}

/**
 * Records a masked arg-max: `picks[step]` becomes the index of the largest score whose mask is not
 * 0, `taken[step]` becomes that score, and the mask at the index becomes 0. Of equal scores the
 * lowest index wins; if everything is masked, the index is `size`.
 *
 * @param device the device of all tensors
 * @param scores the scores, `[size]`
 * @param mask the mask, `[size]`, `u32`
 * @param out receives the index in `picks` (`u32`) and the score in `taken`
 * @param step the index in `picks` and `taken` of the result
 */
export function takeArgMax(
  device: Device,
  scores: Tensor,
  mask: Tensor,
  { picks, taken }: { picks: Tensor; taken: Tensor },
  step: number,
): void {
  const size = scores.size;
  const groups = Math.ceil(size / ARG_MAX_GROUP);
  using values = device.tensor("best scores", [groups]);
  using indices = device.tensor("best indices", [groups], "u32");
  device.run(argMaxGroups, { scores, mask, values, indices }, { size });
  device.run(takeBestKernel, { values, indices, mask, picks, taken }, { groups, step });
}
