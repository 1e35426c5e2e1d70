/**
 * The class probabilities of a whole pool, kept on the device.
 *
 * @module
 */

import type { Tensor } from "../device/tensor.ts";
import { Resource } from "../disposal.ts";
import type { Block, Pool, Segment } from "./pool.ts";
import type { Predictor } from "./predictions.ts";

/** Rows that are predicted at a time. */
const SEGMENT_ROWS = 65536;

/** A stretch of the pool and its probabilities. */
export interface PredictedSegment extends Segment {
  /** `[rows, K]`. */
  readonly probabilities: Tensor;
}

/** Stretches of a pool whose probabilities, with at least four numbers a row, fit one binding. */
export function predictableSegments(pool: Pool, classes: number): Segment[] {
  const bound = Math.floor(pool.device.limits.bindingBytes / (4 * Math.max(4, classes)));
  return pool.segments(Math.min(SEGMENT_ROWS, bound));
}

/** Probabilities `[n, K]` in stretches. Frees them when disposed. */
export class Probabilities extends Resource {
  private constructor(
    /** The stretches, in order. */
    readonly segments: readonly PredictedSegment[],
    /** K. */
    readonly classes: number,
  ) {
    super();
  }

  /**
   * Predicts a pool.
   *
   * @throws {DeviceError} if n K numbers do not fit on the device
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

  /** The probabilities as rows over the pool. */
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
