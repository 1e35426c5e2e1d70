/**
 * The decision boundaries of a linear head, and the distances of samples to them.
 *
 * @module
 */

import type { Device } from "../../device/device.ts";
import { Yielder } from "../../device/yielder.ts";
import type { Tensor } from "../../device/tensor.ts";
import { Resource } from "../../disposal.ts";
import { boundaryDistances } from "../../kernels/strategies/boundary-distances.ts";
import type { Pool, Segment } from "../../pool/pool.ts";
import { predictableSegments } from "../../pool/probabilities.ts";
import type { SelectionRequest } from "../strategy/request.ts";
import { weightsOf } from "./head-weights.ts";
import type { Predictor } from "../../pool/predictions.ts";

/** The decision boundaries of a linear head. */
export class Boundaries extends Resource {
  /** Segments of the pool whose distances fit on the device. */
  readonly segments: readonly Segment[];
  /** K, the number of classes. */
  readonly classes: number;
  readonly #device: Device;
  readonly #inverse: Tensor;

  private constructor(pool: Pool, private readonly head: Predictor, inverse: Float64Array) {
    super();
    const device = this.#device = pool.device;
    const { classes } = head;
    this.classes = classes;
    this.segments = predictableSegments(pool, classes);
    const label = "inverse distances of weights";
    this.#inverse = device.tensor(label, [classes, classes], "real", inverse);
  }

  /** Computes the boundaries of the linear head of a request. */
  static async from(request: SelectionRequest): Promise<Boundaries> {
    const { pool, recordingOptions } = request;
    const head = request.predictor!;
    const weight = await weightsOf(request);
    const yielder = new Yielder(recordingOptions.signal, pool.device.signal);
    const inverse = await inverseDistances(weight, head.classes, pool.columns, yielder);
    return new Boundaries(pool, head, inverse);
  }

  /**
   * Computes the distances of a segment to the boundaries.
   *
   * @param segment a segment of the pool
   * @param least receives the smallest distance of each row, `[n]`
   * @returns `[rows, K]`, owned by the caller
   */
  distances(segment: Segment, least: Tensor): Tensor {
    const { classes } = this;
    const { rows, base } = segment;
    const device = this.#device;
    using logits = this.head.outputs!(device, segment);
    const distances = device.tensor("distances to boundaries", [rows, classes]);
    const tensors = { logits, inverse: this.#inverse, distances, least };
    device.run(boundaryDistances, tensors, { rows, base, classes });
    return distances;
  }

  /** Frees the tensors. */
  dispose(): void {
    this.#inverse.dispose();
  }
}

/** The inverse distances of class weights `1 / |w_a - w_b|`, `[K, K]`; 0 for equal weights. */
export async function inverseDistances(
  weight: ArrayLike<number>,
  classes: number,
  d: number,
  yielder: Yielder,
): Promise<Float64Array> {
  const inverse = new Float64Array(classes * classes);
  for (let a = 0; a < classes; a++) {
    for (let b = 0; b < a; b++) {
      let sum = 0;
      for (let f = 0; f < d; f++) sum += (weight[a * d + f]! - weight[b * d + f]!) ** 2;
      inverse[a * classes + b] = inverse[b * classes + a] = sum > 0 ? 1 / Math.sqrt(sum) : 0;
    }
    await yielder.yieldIfDue();
  }
  return inverse;
}
