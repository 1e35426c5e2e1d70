/**
 * The squared norms of samples, which turn products of samples into distances.
 *
 * @module
 */

import type { Tensor } from "../device/tensor.ts";
import { centreDistances } from "../kernels/k-means.ts";
import type { Pool } from "../pool/pool.ts";

/** `|x_i|^2`, `[n]`: the squared distances to 0. The caller's to dispose. */
export function squaredNorms({ device, rows, stride, blocks }: Pool): Tensor {
  using centre = device.tensor("zero", [stride]);
  using assignment = device.tensor("no clusters", [rows], "u32");
  const nearest = device.tensor("squared norms", [rows]);
  for (const { features: x, base, rows } of blocks) {
    const params = { rows, base, d: stride, xOffset: 0, cluster: 0 };
    const constants = { half: x.dtype === "f16" ? 1 : 0, lanes: stride >= 64 ? 8 : 2 };
    device.run(centreDistances, { x, centre, nearest, assignment }, params, constants);
  }
  return nearest;
}
