/**
 * The matrices that follow from sums of information: M^-1 and P.
 *
 * @module
 */

import type { Device } from "../../device/device.ts";
import type { Tensor } from "../../device/tensor.ts";
import { setDiagonal } from "../../kernels/linalg/set-diagonal.ts";
import { invert } from "../../linalg/cholesky.ts";
import { matmul } from "../../linalg/matmul.ts";
import type { FisherFactors } from "./fisher/factors.ts";
import { addInformation } from "./fisher/information.ts";
import type { Matrices } from "./phase-state.ts";

/** What M is the sum of. */
export interface Summands {
  /** The ridge, `[1]`. */
  readonly lambda: Tensor;
  /** The factors of the labeled samples, if there are any. */
  readonly labeled: FisherFactors | undefined;
  /** The factor of the sum of their information. */
  readonly labeledScale: number;
  /** The factors of the picked samples, if there are any. */
  readonly chosen: FisherFactors | undefined;
}

/**
 * Computes the inverse of M = lambda I + labeled + chosen.
 *
 * @param device the device of all tensors
 * @param summands what M is the sum of
 * @param inverse receives M^-1, `[D, D]`
 * @param step called after each piece of work, to cut a recording into slices
 */
export async function invertSum(
  device: Device,
  { lambda, labeled, labeledScale, chosen }: Summands,
  inverse: Tensor,
  step: () => Promise<void>,
): Promise<void> {
  const D = inverse.shape[0]!;
  using matrix = device.tensor("M", [D, D]);
  device.run(setDiagonal, { s: lambda, matrix }, { D });
  if (labeled) await addInformation(labeled, matrix, labeledScale, step);
  if (chosen) await addInformation(chosen, matrix, 1, step);
  invert(device, matrix, inverse);
}

/** Computes P = M^-1 F M^-1 from M^-1 and F. */
export function multiplyMiddle(device: Device, { information, inverse, middle }: Matrices): void {
  const D = inverse.shape[0]!;
  const square = { m: D, n: D, k: D };
  using product = device.tensor("F M^-1", [D, D]);
  const [a, b] = [{ tensor: information }, { tensor: inverse }];
  matmul(device, { ...square, a, b, c: { tensor: product } });
  matmul(device, { ...square, a: b, b: { tensor: product }, c: { tensor: middle } });
}
