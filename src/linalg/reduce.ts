/**
 * Reductions of whole tensors, and the arg-max that takes what it finds.
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
 * Records `out[at] = sum_e a_e b_e`; for symmetric matrices that is `trace(A B)`.
 *
 * @param device where it runs
 * @param a any shape
 * @param b as many elements as a, and another tensor
 * @param out receives the number
 * @param at where in `out`
 */
export function innerProduct(device: Device, a: Tensor, b: Tensor, out: Tensor, at = 0): void {
  const size = a.size;
  const groups = Math.min(256, Math.ceil(size / 256));
  using partial = device.tensor("partial sums", [groups]);
  device.run(innerProductKernel, { a, b, out: partial }, { size, groups });
  device.run(sum, { values: partial, out }, { size: groups, at });
}

/**
 * Records `picks[step]` = the index of the largest score whose mask is not 0, and sets its mask to 0, and `taken[step]` to the score; ties go
 * to the lowest index, and with everything masked it is `size`.
 *
 * @param device where it runs
 * @param scores `[size]`
 * @param mask `[size]`, u32
 * @param out u32 `picks`, and `taken` for their scores
 * @param step where in both
 */
export function takeBest(
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
