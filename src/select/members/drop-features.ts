/**
 * Pools with features dropped at random, as a head sees them that is asked how sure it is.
 *
 * @module
 */

import type { Device } from "../../device/device.ts";
import { dispose } from "../../disposal.ts";
import { dropFeatures } from "../../kernels/members/drop-features.ts";
import type { Pool, Segment } from "../../pool/pool.ts";

/** What is dropped. */
export interface FeatureDropout {
  /**
   * The share of features that become 0, from 0 to below 1; the others are divided by 1 minus it.
   */
  readonly share: number;
  /** A 32-bit word: the same one drops the same features. */
  readonly key: number;
  /** Whether all samples lose the same features; otherwise each loses its own. */
  readonly shared: boolean;
}

/** A changed copy of a stretch of a pool, as f32. Frees it when disposed. */
export interface DroppedSegment extends Segment, Disposable {}

/** Rows that are changed and predicted at a time. */
const SEGMENT_ROWS = 16384;

/** Stretches of a pool of which a copy as f32, and probabilities, fit one binding. */
export function droppableSegments(pool: Pool, classes: number): Segment[] {
  const widest = Math.max(4, classes, pool.stride);
  const bound = Math.floor(pool.device.limits.bindingBytes / (4 * widest));
  return pool.segments(Math.min(SEGMENT_ROWS, bound));
}

/**
 * Drops features of a stretch of a pool. Which ones does not depend on how the pool is cut.
 *
 * @param device where it runs
 * @param segment one of {@linkcode droppableSegments}
 * @param dropout what is dropped
 * @returns a segment, the caller's to dispose
 */
export function droppedSegment(
  device: Device,
  segment: Segment,
  dropout: FeatureDropout,
): DroppedSegment {
  const { features: x, offset, base, rows, stride, width } = segment;
  const { share, key, shared } = dropout;
  const features = device.tensor("features after dropout", [rows, stride], "f32");
  device.run(dropFeatures, { x, out: features }, {
    rows,
    base,
    d: stride,
    xOffset: offset * stride,
    key,
    threshold: Math.min(2 ** 32 - 1, Math.round(share * 2 ** 32)),
    scale: 1 / (1 - share),
    alike: shared ? 1 : 0,
  }, { half: x.dtype === "f16" ? 1 : 0 });
  return {
    features,
    offset: 0,
    base,
    rows,
    stride,
    width,
    [dispose]: () => features.dispose(),
  };
}
