/**
 * The scaling of the features of a pool on their device.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import type { Tensor } from "../device/tensor.ts";
import { normalizeRows } from "../kernels/pool/normalize-rows.ts";
import { scaleColumns } from "../kernels/pool/scale-columns.ts";
import type { ColumnScale } from "./column-scale.ts";

/** Rows on a device, `[rows, stride]`. */
interface StoredRows {
  readonly features: Tensor;
  readonly rows: number;
}

/** Scales the columns of all blocks of a pool, in place. */
export function standardize(
  device: Device,
  blocks: readonly StoredRows[],
  columnScale: ColumnScale,
): void {
  const d = strideOf(blocks);
  // The padding has shift 0 and factor 0, and stays 0.
  using shift = device.tensor("column means", [d]);
  using factor = device.tensor("column factors", [d]);
  device.write(shift, columnScale.shift);
  device.write(factor, columnScale.factor);
  for (const { features, rows } of blocks) {
    device.run(scaleColumns, { x: features, shift, factor }, { rows, d });
  }
}

/** Divides the rows of all blocks of a pool by their Euclidean norm, in place. */
export function normalize(device: Device, blocks: readonly StoredRows[]): void {
  const d = strideOf(blocks);
  for (const { features, rows } of blocks) {
    const half = features.dtype === "f16" ? 1 : 0;
    device.run(normalizeRows, { x: features }, { rows, d }, { half });
  }
}

function strideOf([block]: readonly StoredRows[]): number {
  return block!.features.shape[1]!;
}
