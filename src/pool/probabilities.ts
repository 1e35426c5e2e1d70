/**
 * The class probabilities of a whole pool, in device memory.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import type { Tensor } from "../device/tensor.ts";
import { Resource } from "../disposal.ts";
import { type Block, type Pool, ROW_UNIT, type Segment } from "./pool.ts";
import type { Predictor } from "./predictions.ts";

/** The largest number of rows that are predicted at a time. */
const SEGMENT_ROWS = 65536;

/** The largest size of the predictions that are computed, used and freed again, in bytes. */
const SCRATCH_BYTES = 64 * 2 ** 20;

/** A segment of the pool and its class probabilities. */
export interface PredictedSegment extends Segment {
  /** The class probabilities, `[rows, K]`. */
  readonly probabilities: Tensor;
}

/**
 * The number of rows whose predictions are computed, reduced to a few numbers per row, and freed
 * before the next ones are computed, so that memory never holds `[n, K]`.
 *
 * @param device the device
 * @param classes the number of classes, K
 * @returns the number of rows whose predictions take at most 64 MiB in float64, and at most an
 * eighth of what is left of the memory budget; at least {@linkcode ROW_UNIT}
 */
export function predictableRows({ limits, memory }: Device, classes: number): number {
  // Several matrices of this size exist at a time, such as logits and probabilities.
  const left = (memory.budget - memory.bytes) / 8;
  const bytes = Math.min(SCRATCH_BYTES, limits.bindingBytes, left);
  const rows = Math.floor(bytes / (8 * Math.max(4, classes)));
  return Math.max(ROW_UNIT, Math.min(SEGMENT_ROWS, rows));
}

/**
 * Divides a segment into parts.
 *
 * @param segment the segment
 * @param most the largest number of rows of a part
 */
export function segmentParts(segment: Segment, most: number): Segment[] {
  const parts: Segment[] = [];
  for (let first = 0; first < segment.rows; first += most) {
    const [offset, base] = [segment.offset + first, segment.base + first];
    parts.push({ ...segment, offset, base, rows: Math.min(most, segment.rows - first) });
  }
  return parts;
}

/**
 * Divides a pool into segments for predictions that are reduced and freed one after another; see
 * {@linkcode predictableRows}.
 *
 * @param pool the features, `[n, d]`
 * @param classes the number of classes, K; segments have room for at least four numbers per row
 */
export function predictableSegments(pool: Pool, classes: number): Segment[] {
  return pool.segments(predictableRows(pool.device, classes));
}

/**
 * Divides a pool into segments for predictions that stay in memory, all of them.
 *
 * @param pool the features, `[n, d]`
 * @param width the number of values per row, which fit one binding
 */
export function storableSegments(pool: Pool, width: number): Segment[] {
  const bound = Math.floor(pool.device.limits.bindingBytes / (4 * Math.max(4, width)));
  return pool.segments(Math.min(SEGMENT_ROWS, bound));
}

/** The class probabilities of a pool, `[n, K]`, in segments. They are freed by `using`. */
export class Probabilities extends Resource {
  private constructor(
    /** The segments, in order. */
    readonly segments: readonly PredictedSegment[],
    /** The number of classes, K. */
    readonly classes: number,
  ) {
    super();
  }

  /**
   * Predicts all samples of a pool.
   *
   * @param pool the features, `[n, d]`
   * @param predictor the predictor, for K classes
   * @returns the probabilities, the caller's to dispose
   * @throws {DeviceError} if they do not fit into memory
   */
  static async from(pool: Pool, predictor: Predictor): Promise<Probabilities> {
    const { classes } = predictor;
    const segments: PredictedSegment[] = [];
    const all = new Probabilities(segments, classes);
    try {
      for (const segment of storableSegments(pool, classes)) {
        const probabilities = await predictor.predict(pool.device, segment);
        segments.push({ ...segment, probabilities });
      }
      return all;
    } catch (error) {
      all.dispose();
      throw error;
    }
  }

  /** The probabilities as blocks of a matrix `[n, K]`. */
  get blocks(): Block[] {
    return this.segments.map(({ probabilities, base, rows }) => ({
      features: probabilities,
      base,
      rows,
    }));
  }

  /** Frees the probabilities. */
  dispose(): void {
    for (const { probabilities } of this.segments) probabilities.dispose();
  }
}
