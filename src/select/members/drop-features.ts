/**
 * Copies of segments of a pool with features dropped at random.
 *
 * @module
 */

import type { Device } from "../../device/device.ts";
import { dispose } from "../../disposal.ts";
import { dropFeatures } from "../../kernels/members/drop-features.ts";
import type { Pool, Segment } from "../../pool/pool.ts";
import { predictableRows } from "../../pool/probabilities.ts";

/** The options of {@linkcode droppedSegment}. */
export interface FeatureDropout {
  /**
   * The share of features that become 0, from 0 to below 1; the others are divided by 1 minus it.
   */
  readonly share: number;
  /** A 32-bit key: the same key drops the same features. */
  readonly key: number;
  /** Whether all samples lose the same features, or each sample its own. */
  readonly shared: boolean;
}

/** A changed copy of a segment, as f32, owned by the caller. */
export interface DroppedSegment extends Segment, Disposable {}

/** The number of rows that are changed and predicted at a time. */
const SEGMENT_ROWS = 16384;

/** Segments of a pool whose copies as f32 and whose class probabilities are freed again. */
export function droppableSegments(pool: Pool, classes: number): Segment[] {
  const most = predictableRows(pool.device, Math.max(classes, pool.stride));
  return pool.segments(Math.min(SEGMENT_ROWS, most));
}

/**
 * Copies a segment with some features set to 0. The choice of features does not depend on how the
 * pool is split into segments.
 *
 * @param device the device of the pool
 * @param segment one of {@linkcode droppableSegments}
 * @param dropout the share of features and the key
 * @returns a segment, owned by the caller
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
