/**
 * The sample pool: features in device memory, in blocks of rows that fit one binding each, so that
 * a pool can be many times larger than a binding. Rows are padded with zeros to a multiple of 8
 * columns, which kernels require and which changes no result.
 *
 * @module
 */

import { checkNames, type OptionNames } from "../check-names.ts";
import type { Device } from "../device/device.ts";
import type { Tensor } from "../device/tensor.ts";
import { Resource } from "../disposal.ts";
import { InputError } from "../errors.ts";
import { checkRowSource, type RowSource } from "../io/rows.ts";
import { gatherRows } from "../kernels/pool/gather-rows.ts";
import type { Rows } from "../linalg/gram.ts";
import { type ColumnScale, scaleValues, type Scaling } from "./column-scale.ts";
import { fillRows, momentsOf, type Visit } from "./fill.ts";
import { checkNotFaint, Magnitudes } from "./magnitudes.ts";
import { ColumnMoments } from "./moments.ts";
import { normalizeValues } from "./row-lengths.ts";
import { normalize, standardize } from "./scale-blocks.ts";

/** The type of stored features: 32-bit floats or half floats. Sums are computed in f32. */
export type FeatureStorage = "f32" | "f16";

/**
 * How features are scaled when a pool is built: `none`, not at all; `standardize`, each column to
 * mean 0 and standard deviation 1 over the pool; `l2`, each row to Euclidean norm 1.
 */
export type Scale = "none" | "standardize" | "l2";

/** The names of all scales. */
export const SCALES: readonly Scale[] = ["none", "standardize", "l2"];

/** A block of consecutive rows of a pool, in one tensor. */
export interface Block {
  /** The features, `[rows, stride]`. */
  readonly features: Tensor;
  /** The index in the pool of the block's first row. */
  readonly base: number;
  /** The number of rows. */
  readonly rows: number;
}

/** Consecutive rows of a pool that are in one block: a unit of work for kernels. */
export interface Segment extends Rows {
  /** The index in the pool of the segment's first row. */
  readonly base: number;
  /** d, the number of features without the padding. */
  readonly width: number;
}

/** The options of {@linkcode Pool.from}. */
export interface PoolOptions {
  /** The type of the stored features. Default `f32`. */
  storage?: FeatureStorage | undefined;
  /**
   * How the features are scaled. With a {@linkcode Scaling}, such as another pool or a head, they
   * are scaled in the same way as its features. Default `none`.
   */
  scale?: Scale | Scaling | undefined;
}

/** The names of {@linkcode PoolOptions}. */
const POOL_OPTIONS: OptionNames<PoolOptions> = { storage: true, scale: true };

/**
 * Blocks and segments have a multiple of this many rows, except at the end of the pool or block.
 */
export const ROW_UNIT = 256;

/**
 * The features of all samples, `[n, d]`, in device memory. A pool is created by
 * {@linkcode Pool.from} and freed by `using` or `dispose()`.
 *
 * @example
 * ```ts
 * import { arrayRows, openDevice, Pool } from "@creel/creel";
 * import assert from "node:assert/strict";
 *
 * using device = await openDevice({ device: "cpu" });
 * const features = arrayRows("features", [[1, 0], [3, 4], [0, 2]]);
 * using pool = await Pool.from(device, features, { scale: "l2" });
 * assert.equal(pool.rows, 3);
 * assert.equal(pool.columns, 2);
 * ```
 */
export class Pool extends Resource {
  private constructor(
    /** The device of the pool. */
    readonly device: Device,
    /** The number of samples, n. */
    readonly rows: number,
    /** The number of features, d. */
    readonly columns: number,
    /** The number of features padded to a multiple of 8. */
    readonly stride: number,
    /** The blocks, in order. */
    readonly blocks: readonly Block[],
    /** The scale of the columns, if they were standardized; undefined otherwise. */
    readonly columnScale: ColumnScale | undefined,
    /** Whether the rows have been normalized to length 1, after the scaling of the columns. */
    readonly unitRows: boolean,
    /** The largest absolute feature after scaling, or an upper bound of it. */
    readonly largest: number,
  ) {
    super();
  }

  /**
   * Builds a pool: reads features into device memory, in chunks of 4 MiB, or directly into the
   * block on the CPU device, so that memory never holds them twice. The source is read once; only
   * to standardize half floats it is read twice, because they are rounded after the scaling.
   *
   * @param device the device of the pool
   * @param source the features, `[n, d]`
   * @param options the storage and the scale
   * @returns the pool, the caller's to dispose
   * @throws {InputError} if a feature is NaN or infinite, or too large for `f16`; if after scaling
   * the largest absolute feature is above 1e12, or below 1e-12 (`f16`: 6e-5) and not 0; or if the
   * scaling is for another number of columns
   * @throws {DeviceError} if the pool exceeds the memory budget
   */
  static async from(device: Device, source: RowSource, options: PoolOptions = {}): Promise<Pool> {
    checkRowSource("Pool.from", source);
    checkNames("Pool.from", options, POOL_OPTIONS);
    const { storage = "f32", scale = "none" } = options;
    checkScale(scale, source);
    if (storage !== "f32" && storage !== "f16") {
      throw new InputError(`Unknown storage ${storage}: use f32 or f16`);
    }
    const { blocks, stride } = allocate(device, source.rows, source.columns, storage);
    try {
      const fill = storage === "f16" ? fillHalves : fillFloats;
      const { columnScale, unitRows, largest } = await fill(device, source, blocks, scale);
      // Rows of any size can be predicted by a head; runStrategy checks them again.
      if (typeof scale !== "object") checkNotFaint(source.name, largest, storage === "f16");
      const { rows, columns } = source;
      return new Pool(device, rows, columns, stride, blocks, columnScale, unitRows, largest);
    } catch (error) {
      free(blocks);
      throw error;
    }
  }

  /**
   * Divides the pool into segments.
   *
   * @param most the largest number of rows of a segment; it is rounded down to a multiple of 256,
   * but not below 256
   */
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
   * Creates a pool of selected rows, in the order of the indices.
   *
   * @param index indices into this pool, `[count]` or longer, `u32`; they may be the result of
   * recorded dispatches
   * @param count the number of indices to use
   * @returns the new pool, the caller's to dispose
   * @throws {DeviceError} if it exceeds the memory budget
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
    const { columnScale, unitRows, largest } = this;
    return new Pool(device, count, columns, stride, blocks, columnScale, unitRows, largest);
  }

  /**
   * Creates a copy whose rows are divided by their Euclidean norm; rows of zeros stay zero.
   *
   * @returns the new pool, the caller's to dispose
   * @throws {DeviceError} if it exceeds the memory budget
   */
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
    return new Pool(device, rows, columns, stride, blocks, this.columnScale, true, 1);
  }

  /** Frees the blocks. */
  dispose(): void {
    free(this.blocks);
  }
}

/** Allocates blocks of zeros for a matrix. */
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

/** Returns the scaling of features, from the moments of their columns if they are standardized. */
function scalingOf(scale: Scale | Scaling, moments: ColumnMoments | undefined): Scaling {
  if (typeof scale === "object") return scale;
  return { columnScale: moments?.scale(), unitRows: scale === "l2" };
}

function dividesRows(scale: Scale | Scaling): boolean {
  return typeof scale === "object" ? scale.unitRows : scale === "l2";
}

/** How features were scaled, and the largest absolute one after that. */
interface Filled {
  readonly columnScale: ColumnScale | undefined;
  readonly unitRows: boolean;
  readonly largest: number;
}

/** Reads the features of a pool in float32, and scales them on the device. */
async function fillFloats(
  device: Device,
  source: RowSource,
  blocks: readonly Block[],
  scale: Scale | Scaling,
): Promise<Filled> {
  const moments = scale === "standardize" ? new ColumnMoments(source.columns) : undefined;
  const magnitudes = new Magnitudes(source, dividesRows(scale));
  for (const { features, base } of blocks) {
    await fillRows(device, source, features, base, (values) => {
      magnitudes.add(values);
      moments?.add(values);
    });
  }
  const scaling = scalingOf(scale, moments);
  const largest = magnitudes.largest(scaling);
  if (scaling.columnScale) standardize(device, blocks, scaling.columnScale);
  if (scaling.unitRows) normalize(device, blocks);
  return { ...scaling, largest };
}

/** Reads the features of a pool as half floats, which are scaled before they are rounded. */
async function fillHalves(
  device: Device,
  source: RowSource,
  blocks: readonly Block[],
  scale: Scale | Scaling,
): Promise<Filled> {
  const { columns } = source;
  const moments = scale === "standardize" ? await momentsOf(source) : undefined;
  const scaling = scalingOf(scale, moments);
  const magnitudes = new Magnitudes(source, dividesRows(scale));
  const scaleRows: Visit = (values) => {
    magnitudes.add(values);
    if (scaling.columnScale) scaleValues(values, columns, scaling.columnScale);
    if (scaling.unitRows) normalizeValues(values, columns);
  };
  for (const { features, base } of blocks) {
    await fillRows(device, source, features, base, scaleRows);
  }
  return { ...scaling, largest: magnitudes.largest(scaling) };
}
