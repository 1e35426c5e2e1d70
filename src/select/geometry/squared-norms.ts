/**
 * The squared norms of samples, which turn products of samples into squared distances.
 *
 * @module
 */

import type { Tensor } from "../../device/tensor.ts";
import type { Pool } from "../../pool/pool.ts";
import { measureCenter } from "./center-space.ts";

/** Computes `|x_i|^2`, `[n]`, as the squared distances to 0. The caller owns the tensor. */
export function squaredNorms(
  { device, rows, stride, blocks }: Pick<Pool, "device" | "rows" | "stride" | "blocks">,
): Tensor {
  using center = device.tensor("zero", [stride]);
  using assignment = device.tensor("no clusters", [rows], "u32");
  const nearest = device.tensor("squared norms", [rows]);
  measureCenter({ device, blocks, stride }, { center, nearest, assignment }, 0);
  return nearest;
}
