/**
 * The sample pool: features on the device as row blocks, each at most what one binding may hold, so
 * that a pool can be many times larger than a binding. Rows are padded with zeros to a multiple of 8,
 * which every kernel counts on and which changes no result.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import type { Tensor } from "../device/tensor.ts";
import { Resource } from "../disposal.ts";
import { InputError } from "../errors.ts";
import type { RowSource } from "../io/rows.ts";
import { gatherRows } from "../kernels/pool/gather-rows.ts";
import { normalizeRows } from "../kernels/pool/normalize-rows.ts";
import { scaleColumns } from "../kernels/pool/scale-columns.ts";
import type { Rows } from "../linalg/gram.ts";
import { type ColumnScale, scaleValues, type Scaling } from "./column-scale.ts";
import { fillRows, momentsOf, type Visit } from "./fill.ts";
import { ColumnMoments } from "./moments.ts";
import { normalizeValues } from "./row-lengths.ts";

/** How features are stored: 32-bit floats, or half floats in packed pairs. Sums are f32 either way. */
export type FeatureStorage = "f32" | "f16";

/**
 * What is done to the features first: nothing, columns to mean 0 and deviation 1 over the pool, or
 * rows to length 1.
 */
export type Scale = "none" | "standardize" | "l2";

/** The names of the scales. */
export const SCALES: readonly Scale[] = ["none", "standardize", "l2"];

/** A block of consecutive rows. */
export interface Block {
  /** `[rows, stride]`. */
  readonly features: Tensor;
  /** The pool's index of its first row. */
  readonly base: number;
  /** How many rows. */
  readonly rows: number;
}

/** A stretch of the pool that lies in one block. */
export interface Segment extends Rows {
  /** The pool's index of its first row. */
  readonly base: number;
  /** d, the number of features without the padding. */
  readonly width: number;
}

/** How a pool is built. */
export interface PoolOptions {
  /** Default `f32`. */
  storage?: FeatureStorage | undefined;
  /**
   * What is done to the features; with a {@linkcode Scaling}, such as another pool or a head, what
   * was done to its features. Default `none`.
   */
  scale?: Scale | Scaling | undefined;
}

/** Blocks hold a multiple of this many rows, and so does every segment but the last of a block. */
export const ROW_UNIT = 256;

/** Features on a device. Frees its blocks when disposed. */
export class Pool extends Resource {
  private constructor(
    /** Where it lives. */
    readonly device: Device,
    /** n, the number of samples. */
    readonly rows: number,
    /** d, the number of features. */
    readonly columns: number,
    /** d padded to a multiple of 8. */
    readonly stride: number,
    /** The blocks, in order. */
    readonly blocks: readonly Block[],
    /** What was done to the columns: `(x - shift) factor`, if they were standardized. */
    readonly columnScale: ColumnScale | undefined,
    /** Whether rows were then brought to length 1. */
    readonly unitRows: boolean,
  ) {
    super();
  }

  /**
   * Reads features onto the device, in chunks of 4 MiB, or straight into the block on the CPU device:
   * never is the whole held twice. The source is read once; only to standardize half floats it is read
   * twice, since they are rounded after the scaling.
   *
   * @param device where the pool will live
   * @param source the features, `[n, d]`
   * @param options storage and scale
   * @throws {InputError} if a feature is NaN or infinite, or too large for `f16`, or the scaling is
   * for another number of columns
   * @throws {DeviceError} if the memory budget does not allow it
   */
  static async from(device: Device, source: RowSource, options: PoolOptions = {}): Promise<Pool> {
    const { storage = "f32", scale = "none" } = options;
    checkScale(scale, source);
    if (storage !== "f32" && storage !== "f16") {
      throw new InputError(`Unknown storage ${storage}: use f32 or f16`);
    }
    const { blocks, stride } = allocate(device, source.rows, source.columns, storage);
    try {
      const scaled = storage === "f16" ? fillHalves : fillFloats;
      const { columnScale, unitRows } = await scaled(device, source, blocks, scale);
      return new Pool(device, source.rows, source.columns, stride, blocks, columnScale, unitRows);
    } catch (error) {
      free(blocks);
      throw error;
    }
  }

  /** The pool in stretches of at most `most` rows (rounded down to a multiple of 256, but at least 256). */
  segments(most: number): Segment[] {
    const length = Math.max(ROW_UNIT, Math.floor(most / ROW_UNIT) * ROW_UNIT);
    return this.blocks.flatMap(({ features, base, rows }) => {
      const segments: Segment[] = [];
      for (let offset = 0; offset < rows; offset += length) {
        segments.push({
          features,
          offset,
          base: base + offset,
          rows: Math.min(length, rows - offset),
          stride: this.stride,
          width: this.columns,
        });
      }
      return segments;
    });
  }

  /**
   * A pool of chosen rows, in the order of the indices.
   *
   * @param index u32, indices into this pool; they may still be in the making on the device
   * @param count how many of them to take
   */
  gather(index: Tensor, count: number): Pool {
    const { device, columns } = this;
    const storage = this.blocks[0]!.features.dtype as FeatureStorage;
    const { blocks, stride } = allocate(device, count, columns, storage);
    const perWord = storage === "f16" ? 2 : 1;
    for (const target of blocks) {
      for (const source of this.blocks) {
        device.run(gatherRows, { index, source: source.features, out: target.features }, {
          first: target.base,
          count: target.rows,
          base: source.base,
          rows: source.rows,
          words: stride / perWord,
          sourceOffset: 0,
          perWord,
        });
      }
    }
    return new Pool(device, count, columns, stride, blocks, this.columnScale, this.unitRows);
  }

  /** A copy with rows of length 1; a row of zeros stays as it is. */
  normalized(): Pool {
    const { device, rows, columns, stride } = this;
    const { blocks } = allocate(
      device,
      rows,
      columns,
      this.blocks[0]!.features.dtype as FeatureStorage,
    );
    blocks.forEach(({ features }, at) => device.copy(this.blocks[at]!.features, features));
    normalize(device, blocks);
    return new Pool(device, rows, columns, stride, blocks, this.columnScale, true);
  }

  /** Frees the blocks. */
  dispose(): void {
    free(this.blocks);
  }
}

/** Blocks of zeros for a matrix. */
function allocate(
  device: Device,
  rows: number,
  columns: number,
  storage: FeatureStorage,
): { blocks: Block[]; stride: number } {
  const stride = Math.ceil(columns / 8) * 8;
  const rowBytes = stride * (storage === "f16" ? 2 : 4);
  const fitting = Math.floor(device.limits.bindingBytes / rowBytes / ROW_UNIT) * ROW_UNIT;
  if (fitting === 0) {
    throw new InputError(
      `Cannot hold rows of ${columns} features: ${ROW_UNIT} of them must fit in one binding of ` +
        `${device.limits.bindingBytes} bytes`,
    );
  }
  const blocks: Block[] = [];
  try {
    for (let base = 0; base < rows; base += fitting) {
      const count = Math.min(fitting, rows - base);
      const label = `features ${base} to ${base + count - 1}`;
      blocks.push({ features: device.tensor(label, [count, stride], storage), base, rows: count });
    }
  } catch (error) {
    free(blocks);
    throw error;
  }
  return { blocks, stride };
}

function free(blocks: readonly Block[]): void {
  for (const block of blocks) block.features.dispose();
}

function checkScale(scale: Scale | Scaling, { columns }: RowSource): void {
  if (typeof scale !== "object") {
    if (SCALES.includes(scale)) return;
    throw new InputError(`Unknown scale ${scale}: use ${SCALES.join(", ")}`);
  }
  const known = scale.columnScale?.shift.length ?? columns;
  if (known === columns) return;
  throw new InputError(`Cannot scale rows of ${columns} features as rows of ${known}`);
}

/** What is done to features, where the moments of their columns are known. */
function scalingOf(scale: Scale | Scaling, moments: ColumnMoments | undefined): Scaling {
  if (typeof scale === "object") return scale;
  return { columnScale: moments?.scale(), unitRows: scale === "l2" };
}

/** Reads the blocks of a pool in float32, and scales them on the device. */
async function fillFloats(
  device: Device,
  source: RowSource,
  blocks: readonly Block[],
  scale: Scale | Scaling,
): Promise<Scaling> {
  const moments = scale === "standardize" ? new ColumnMoments(source.columns) : undefined;
  for (const { features, base } of blocks) {
    await fillRows(device, source, features, base, (values) => moments?.add(values));
  }
  const scaling = scalingOf(scale, moments);
  if (scaling.columnScale) standardize(device, blocks, scaling.columnScale);
  if (scaling.unitRows) normalize(device, blocks);
  return scaling;
}

/** Reads the blocks of a pool as half floats: scaled before they are rounded. */
async function fillHalves(
  device: Device,
  source: RowSource,
  blocks: readonly Block[],
  scale: Scale | Scaling,
): Promise<Scaling> {
  const { columns } = source;
  const moments = scale === "standardize" ? await momentsOf(source) : undefined;
  const scaling = scalingOf(scale, moments);
  const scaleRows: Visit = (values) => {
    if (scaling.columnScale) scaleValues(values, columns, scaling.columnScale);
    if (scaling.unitRows) normalizeValues(values, columns);
  };
  for (const { features, base } of blocks) {
    await fillRows(device, source, features, base, scaleRows);
  }
  return scaling;
}

function standardize(device: Device, blocks: readonly Block[], columnScale: ColumnScale): void {
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

function normalize(device: Device, blocks: readonly Block[]): void {
  const d = strideOf(blocks);
  for (const { features, rows } of blocks) {
    const half = features.dtype === "f16" ? 1 : 0;
    device.run(normalizeRows, { x: features }, { rows, d }, { half });
  }
}

function strideOf([block]: readonly Block[]): number {
  return block!.features.shape[1]!;
}
