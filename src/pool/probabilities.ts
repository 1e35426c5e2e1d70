/**
 * The class probabilities of a whole pool, in device memory.
 *
 * @module
 */

import type { Tensor } from "../device/tensor.ts";
import { Resource } from "../disposal.ts";
import type { Block, Pool, Segment } from "./pool.ts";
import type { Predictor } from "./predictions.ts";

/** The largest number of rows that are predicted at a time. */
const SEGMENT_ROWS = 65536;

/** A segment of the pool and its class probabilities. */
export interface PredictedSegment extends Segment {
  /** The class probabilities, `[rows, K]`. */
  readonly probabilities: Tensor;
}

/**
 * Divides a pool into segments whose class probabilities fit one binding.
 *
 * @param pool the features, `[n, d]`
 * @param classes the number of classes, K; segments have room for at least four numbers per row
 */
export function predictableSegments(pool: Pool, classes: number): Segment[] {
  const bound = Math.floor(pool.device.limits.bindingBytes / (4 * Math.max(4, classes)));
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
      for (const segment of predictableSegments(pool, classes)) {
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
