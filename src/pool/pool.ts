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
import { loadBeside } from "../load-beside.ts";
import { checkRowSource, type RowSource } from "../io/rows.ts";
import { gatherRows } from "../kernels/pool/gather-rows.ts";
import type { Rows } from "../linalg/gram.ts";
import {
  allocateBlocks,
  type Block,
  type FeatureStorage,
  freeBlocks,
  ROW_UNIT,
  rowSize,
} from "./blocks.ts";
import type { ColumnScale, Scaling } from "./column-scale.ts";
import { checkNotFaint } from "./magnitudes.ts";
import { normalize } from "./scale-blocks.ts";
import { type Scale, type StoredFeatures, storeRows } from "./store-rows.ts";

export { type Block, type FeatureStorage, ROW_UNIT } from "./blocks.ts";
export type { Scale } from "./store-rows.ts";

/** The names of all scales. */
export const SCALES: readonly Scale[] = ["none", "standardize", "l2"];

/** The blocks of a pool that its device cannot hold, which take turns in its memory. */
export interface StreamedRows extends StoredFeatures {
  /** The blocks, in order. */
  readonly blocks: readonly Block[];
  /** A sentence that says so, with the sizes. */
  readonly note: string;
  /** Makes blocks of the same rows, divided by their Euclidean norm. */
  normalized(): readonly Block[];
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
  /**
   * What makes a pool that the device cannot hold: `streamRows` of `@creel/creel/kernels`. Default:
   * the same, loaded when it is needed, which works everywhere but in a bundle.
   */
  streaming?: StreamRows | undefined;
}

/**
 * A function that makes the blocks of a pool that the device cannot hold, or returns undefined if
 * it should be held whole.
 */
export type StreamRows = (
  device: Device,
  source: RowSource,
  storage: FeatureStorage,
  scale: Scale | Scaling,
) => Promise<StreamedRows | undefined>;

/** The largest share of the free memory that a pool may take if it is held whole. */
const LARGEST_SHARE = 0.875;

/** The names of {@linkcode PoolOptions}. */
const POOL_OPTIONS: OptionNames<PoolOptions> = { storage: true, scale: true, streaming: true };

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
  /** The scale of the columns, if they were standardized; undefined otherwise. */
  readonly columnScale: ColumnScale | undefined;
  /** Whether the rows have been normalized to length 1, after the scaling of the columns. */
  readonly unitRows: boolean;
  /** The largest absolute feature after scaling, or an upper bound of it. */
  readonly largest: number;

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
    stored: StoredFeatures,
    /** How the blocks take turns in device memory; undefined if it holds all of them. */
    readonly streamed?: StreamedRows,
  ) {
    super();
    this.columnScale = stored.columnScale;
    this.unitRows = stored.unitRows;
    this.largest = stored.largest;
  }

  /**
   * Builds a pool: reads features into device memory, in chunks of 4 MiB, or directly into the
   * block on the CPU device, so that memory never holds them twice. The source is read once; only
   * to standardize half floats it is read twice, because they are rounded after the scaling.
   *
   * A pool that would take more than 7/8 of the free memory is streamed: its blocks take turns in
   * memory, and are read again from the source, which must stay open and unchanged, or uploaded
   * from the host. Its picks are the same; `onNote` of the device receives a sentence about it.
   *
   * @param device the device of the pool
   * @param source the features, `[n, d]`
   * @param options the storage and the scale
   * @returns the pool, the caller's to dispose
   * @throws {InputError} if a feature is NaN or infinite, or too large for `f16`; if after scaling
   * the largest absolute feature is above 1e12, or below 1e-12 (`f16`: 6e-5) and not 0; or if the
   * scaling is for another number of columns
   * @throws {DeviceError} if the pool exceeds the memory budget and cannot be streamed
   */
  static async from(device: Device, source: RowSource, options: PoolOptions = {}): Promise<Pool> {
    checkRowSource("Pool.from", source);
    checkNames("Pool.from", options, POOL_OPTIONS);
    const { storage = "f32", scale = "none" } = options;
    checkScale(scale, source);
    if (storage !== "f32" && storage !== "f16") {
      throw new InputError(`Unknown storage ${storage}: use f32 or f16`);
    }
    const { rows, columns, name } = source;
    const { stride, rowBytes } = rowSize(columns, storage);
    const { budget, bytes } = device.memory;
    const stream = rows * rowBytes > LARGEST_SHARE * (budget - bytes)
      ? options.streaming ?? await loadStreaming()
      : undefined;
    const streamed = await stream?.(device, source, storage, scale);
    const blocks = streamed?.blocks ?? allocateBlocks(device, rows, columns, storage);
    try {
      const stored = streamed ?? await storeRows(device, source, blocks, storage, scale);
      // Rows of any size can be predicted by a head; runStrategy checks them again.
      if (typeof scale !== "object") checkNotFaint(name, stored.largest, storage === "f16");
      if (streamed) device.onNote?.(streamed.note);
      return new Pool(device, rows, columns, stride, blocks, stored, streamed);
    } catch (error) {
      freeBlocks(blocks);
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
    const { device, columns, stride } = this;
    const storage = this.blocks[0]!.features.dtype as FeatureStorage;
    const blocks = allocateBlocks(device, count, columns, storage);
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
    return new Pool(device, count, columns, stride, blocks, this);
  }

  /**
   * Creates a copy whose rows are divided by their Euclidean norm; rows of zeros stay zero.
   *
   * @returns the new pool, the caller's to dispose
   * @throws {DeviceError} if it exceeds the memory budget
   */
  normalized(): Pool {
    const { device, rows, columns, stride } = this;
    const { dtype } = this.blocks[0]!.features;
    const blocks = this.streamed?.normalized() ??
      allocateBlocks(device, rows, columns, dtype as FeatureStorage);
    if (!this.streamed) {
      blocks.forEach(({ features }, at) => device.copy(this.blocks[at]!.features, features));
      normalize(device, blocks);
    }
    const { columnScale } = this;
    const stored = { columnScale, unitRows: true, largest: 1 };
    return new Pool(device, rows, columns, stride, blocks, stored);
  }

  /** Frees the blocks. */
  dispose(): void {
    freeBlocks(this.blocks);
  }
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

/** Loads what streams pools, which is beside this module and which bundlers do not follow. */
async function loadStreaming(): Promise<StreamRows | undefined> {
  const module = await loadBeside<{ streamRows: StreamRows }>(
    import.meta.url,
    "pool/pool",
    "pool/stream-rows",
  );
  return module?.streamRows;
}
