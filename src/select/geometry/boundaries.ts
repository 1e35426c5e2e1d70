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

/** The largest size of the inverse distances of some classes to all classes, in bytes. */
const TILE_BYTES = 64 * 2 ** 20;

/** From so many classes on, sixteen threads share a row of logits. */
const MANY_CLASSES = 64;

/** The inverse distances of some classes to all classes. */
interface Tile {
  /** The first of these classes. */
  readonly first: number;
  /** `[count, K]`. */
  readonly inverse: Tensor;
}

/** The decision boundaries of a linear head. */
export class Boundaries extends Resource {
  /** Segments of the pool whose logits and distances fit on the device. */
  readonly segments: readonly Segment[];
  /** K, the number of classes. */
  readonly classes: number;
  readonly #device: Device;
  readonly #tiles: readonly Tile[];

  private constructor(pool: Pool, private readonly head: Predictor, tiles: readonly Tile[]) {
    super();
    this.#device = pool.device;
    this.#tiles = tiles;
    this.classes = head.classes;
    this.segments = predictableSegments(pool, head.classes);
  }

  /** Computes the boundaries of the linear head of a request. */
  static async from(request: SelectionRequest): Promise<Boundaries> {
    const { pool, recordingOptions } = request;
    const { device, columns } = pool;
    const head = request.predictor!;
    const { classes } = head;
    const weight = Float64Array.from(await weightsOf(request));
    const yielder = new Yielder(recordingOptions.signal, device.signal);
    const bytes = Math.min(TILE_BYTES, device.limits.bindingBytes);
    const most = Math.max(1, Math.floor(bytes / (8 * classes)));
    const tiles: Tile[] = [];
    try {
      for (let first = 0; first < classes; first += most) {
        const count = Math.min(most, classes - first);
        const values = await inverseDistances(weight, columns, first, count, yielder);
        const label = "inverse distances of weights";
        tiles.push({ first, inverse: device.tensor(label, [count, classes], "real", values) });
      }
      return new Boundaries(pool, head, tiles);
    } catch (error) {
      free(tiles);
      throw error;
    }
  }

  /**
   * Computes the distances of a segment to the boundaries.
   *
   * @param segment a segment of the pool
   * @param least receives the smallest distance of each row, `[n]`
   * @returns `[rows, K]`, owned by the caller
   */
  distances(segment: Segment, least: Tensor): Tensor {
    using logits = this.head.outputs!(this.#device, segment);
    const label = "distances to boundaries";
    const distances = this.#device.tensor(label, [segment.rows, this.classes]);
    this.#run(segment, { logits, distances, least }, 1);
    return distances;
  }

  /**
   * Computes the smallest distance of each row of a segment, and no others.
   *
   * @param segment a segment of the pool
   * @param least receives the distances, `[n]`
   */
  measure(segment: Segment, least: Tensor): void {
    using logits = this.head.outputs!(this.#device, segment);
    using distances = this.#device.tensor("no distances", [1]);
    this.#run(segment, { logits, distances, least }, 0);
  }

  /** Frees the tensors. */
  dispose(): void {
    free(this.#tiles);
  }

  #run(
    { rows, base }: Segment,
    tensors: { logits: Tensor; distances: Tensor; least: Tensor },
    keep: number,
  ): void {
    const { classes } = this;
    const lanes = classes < MANY_CLASSES ? 2 : 16;
    for (const { first, inverse } of this.#tiles) {
      const params = { rows, base, classes, first, count: inverse.shape[0]! };
      this.#device.run(boundaryDistances, { ...tensors, inverse }, params, { lanes, keep });
    }
  }
}

function free(tiles: readonly Tile[]): void {
  for (const { inverse } of tiles) inverse.dispose();
}

/**
 * The inverse distances of the weights of some classes to those of all classes.
 *
 * @param weight the weights, `[K, d]`
 * @param d the number of features
 * @param first the first of the classes
 * @param count the number of classes
 * @param yielder yields between two classes
 * @returns `1 / |w_a - w_b|` for a from `first` to `first + count - 1` and all b, `[count, K]`; 0
 * for equal weights
 */
export async function inverseDistances(
  weight: Float64Array,
  d: number,
  first: number,
  count: number,
  yielder: Yielder,
): Promise<Float64Array> {
  const classes = weight.length / d;
  const inverse = new Float64Array(count * classes);
  for (let a = first; a < first + count; a++) {
    const row = inverse.subarray((a - first) * classes, (a - first + 1) * classes);
    addInverses(row, weight, d, a, 0, first);
    addInverses(row, weight, d, a, a + 1, classes);
    // The distances between two of these classes are computed once.
    for (let b = a + 1; b < first + count; b++) inverse[(b - first) * classes + a] = row[b]!;
    await yielder.yieldIfDue();
  }
  return inverse;
}

/** Computes the inverse distances of class a to the classes from `begin` to `end - 1`. */
function addInverses(
  row: Float64Array,
  weight: Float64Array,
  d: number,
  a: number,
  begin: number,
  end: number,
): void {
  const inverseOf = (squared: number) => squared > 0 ? 1 / Math.sqrt(squared) : 0;
  const own = weight.subarray(a * d, (a + 1) * d);
  let b = begin;
  // Four at a time: their sums do not wait for one another.
  for (; b + 4 <= end; b += 4) {
    const [b0, b1, b2, b3] = [b * d, (b + 1) * d, (b + 2) * d, (b + 3) * d];
    let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
    for (let f = 0; f < d; f++) {
      const value = own[f]!;
      const apart0 = value - weight[b0 + f]!;
      const apart1 = value - weight[b1 + f]!;
      const apart2 = value - weight[b2 + f]!;
      const apart3 = value - weight[b3 + f]!;
      sum0 += apart0 * apart0;
      sum1 += apart1 * apart1;
      sum2 += apart2 * apart2;
      sum3 += apart3 * apart3;
    }
    row[b] = inverseOf(sum0);
    row[b + 1] = inverseOf(sum1);
    row[b + 2] = inverseOf(sum2);
    row[b + 3] = inverseOf(sum3);
  }
  for (; b < end; b++) {
    let sum = 0;
    for (let f = 0; f < d; f++) sum += (own[f]! - weight[b * d + f]!) ** 2;
    row[b] = inverseOf(sum);
  }
}
