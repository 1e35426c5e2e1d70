/**
 * The constants of kernels that read rows of features.
 *
 * @module
 */

import type { Tensor } from "../device/tensor.ts";

/** Returns the constants of kernels in which `lanes` threads share a row of d features. */
export function rowLanes(features: Tensor, d: number): { half: number; lanes: number } {
  return { half: features.dtype === "f16" ? 1 : 0, lanes: d >= 64 ? 8 : 2 };
}
