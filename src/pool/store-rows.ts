/**
 * Storing the features of a pool in its blocks, scaled.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import type { RowSource } from "../io/rows.ts";
import type { Block, FeatureStorage } from "./blocks.ts";
import { scaleValues, type Scaling } from "./column-scale.ts";
import { fillRows, momentsOf } from "./fill.ts";
import { Magnitudes } from "./magnitudes.ts";
import { ColumnMoments } from "./moments.ts";
import { normalizeValues } from "./row-lengths.ts";
import { normalize, standardize } from "./scale-blocks.ts";

/**
 * How features are scaled when a pool is built: `none`, not at all; `standardize`, each column to
 * mean 0 and standard deviation 1 over the pool; `l2`, each row to Euclidean norm 1.
 */
export type Scale = "none" | "standardize" | "l2";

/** How features were scaled, and the largest absolute one after that. */
export interface StoredFeatures extends Scaling {
  /** The largest absolute feature after scaling, or an upper bound of it. */
  readonly largest: number;
}

/**
 * Reads the features of a pool into its blocks. Floats are scaled on the device, and half floats
 * on the host, before they are rounded.
 *
 * @param device the device of the blocks
 * @param source the features
 * @param blocks the blocks to fill
 * @param storage the number type of the blocks
 * @param scale how the features are scaled
 */
export async function storeRows(
  device: Device,
  source: RowSource,
  blocks: readonly Block[],
  storage: FeatureStorage,
  scale: Scale | Scaling,
): Promise<StoredFeatures> {
  const halves = storage === "f16";
  const known = halves ? await scalingOf(source, scale) : undefined;
  const moments = !halves && scale === "standardize"
    ? new ColumnMoments(source.columns)
    : undefined;
  const magnitudes = new Magnitudes(source, dividesRows(scale));
  for (const block of blocks) {
    await fillRows(device, source, block, (values) => {
      magnitudes.add(values);
      moments?.add(values);
      if (known) scaleOnHost(values, source.columns, known);
    });
  }
  const scaling = known ?? scalingWith(scale, moments);
  const largest = magnitudes.largest(scaling);
  if (!halves) scaleOnDevice(device, blocks, scaling);
  return { ...scaling, largest };
}

/** Returns the scaling of features before they are stored, for which they may have to be read. */
export async function scalingOf(source: RowSource, scale: Scale | Scaling): Promise<Scaling> {
  return scalingWith(scale, scale === "standardize" ? await momentsOf(source) : undefined);
}

function scalingWith(scale: Scale | Scaling, moments: ColumnMoments | undefined): Scaling {
  if (typeof scale === "object") return scale;
  return { columnScale: moments?.scale(), unitRows: scale === "l2" };
}

/** Returns whether a scale divides rows by their lengths. */
export function dividesRows(scale: Scale | Scaling): boolean {
  return typeof scale === "object" ? scale.unitRows : scale === "l2";
}

/** Scales whole rows in place. */
export function scaleOnHost(
  values: Float32Array,
  columns: number,
  { columnScale, unitRows }: Scaling,
): void {
  if (columnScale) scaleValues(values, columns, columnScale);
  if (unitRows) normalizeValues(values, columns);
}

/** Scales blocks in place. */
export function scaleOnDevice(
  device: Device,
  blocks: readonly Block[],
  { columnScale, unitRows }: Scaling,
): void {
  if (columnScale) standardize(device, blocks, columnScale);
  if (unitRows) normalize(device, blocks);
}
