/**
 * The strategies of Emam et al. 2021, "Active Learning at the ImageNet Scale": the samples nearest to a
 * decision boundary of a linear head (MASE), and Balanced Selection, equally many for each class's boundary
 * (BASE).
 *
 * @module
 */

import type { Device } from "../../device/device.ts";
import type { Tensor } from "../../device/tensor.ts";
import { boundaryDistances } from "../../kernels/strategies/boundary-distances.ts";
import type { Pool, Segment } from "../../pool/pool.ts";
import { predictableSegments } from "../../pool/probabilities.ts";
import { LinearLogits } from "./linear-logits.ts";
import type { SelectionRequest } from "../request.ts";
import type { Selection } from "../strategy-options.ts";
import { selectTop } from "../drivers/top.ts";

/** The B samples nearest to a boundary. The scores are the negative distances. */
export async function mase(request: SelectionRequest): Promise<Selection> {
  const { pool, candidates, budget } = request;
  using boundaries = await Boundaries.from(request);
  using least = pool.device.tensor("distances to the boundary", [pool.rows]);
  for (const segment of boundaries.segments) {
    using _ = boundaries.distances(segment, least);
  }
  const distances = await pool.device.read(least);
  const scores = distances.map((distance) => -distance);
  return selectTop(scores, candidates, budget);
}

/**
 * For each class in turn, `floor(B/K) + [c < B mod K]` samples nearest to its boundary that are not taken yet:
 * for samples that are predicted as c any boundary of theirs, for others that between their class and c. With
 * `rotate` the classes start at `(round B) mod K` instead of 0, as the published code always does.
 */
export async function base(request: SelectionRequest): Promise<Selection> {
  const { pool, candidates, budget, choices } = request;
  const { rotate = false, round = 0 } = choices;
  using boundaries = await Boundaries.from(request);
  const { classes } = boundaries;
  const nearest = new NearestOfClasses(classes, budget, pool.rows, candidates);
  using least = pool.device.tensor("distances to the boundary", [pool.rows]);
  for (const segment of boundaries.segments) {
    using distances = boundaries.distances(segment, least);
    nearest.add(segment.base, await pool.device.read(distances));
  }
  const start = rotate ? (round * budget) % classes : 0;
  const picks: number[] = [];
  const scores: number[] = [];
  const taken = new Set<number>();
  for (let turn = 0; turn < classes; turn++) {
    const quota = Math.floor(budget / classes) + (turn < budget % classes ? 1 : 0);
    const open = nearest.of((start + turn) % classes).filter(({ index }) => !taken.has(index));
    for (const { index, distance } of open.slice(0, quota)) {
      taken.add(index);
      picks.push(index);
      scores.push(-distance);
    }
  }
  return { picks, scores };
}

/** The B nearest candidates of each class: enough, since at most B - 1 can have been taken before. */
class NearestOfClasses {
  readonly #open: Uint8Array;
  readonly #nearest: { index: number; distance: number }[][];

  constructor(
    private readonly classes: number,
    private readonly budget: number,
    rows: number,
    candidates: readonly number[],
  ) {
    this.#open = new Uint8Array(rows);
    for (const index of candidates) this.#open[index] = 1;
    this.#nearest = Array.from({ length: classes }, () => []);
  }

  /** Adds rows of distances `[rows, K]`, in the order of the pool. */
  add(base: number, distances: ArrayLike<number>): void {
    const { classes, budget } = this;
    const bounds = new Float64Array(classes).fill(Infinity);
    for (let i = 0; i * classes < distances.length; i++) {
      if (!this.#open[base + i]) continue;
      for (let c = 0; c < classes; c++) {
        const distance = distances[i * classes + c]!;
        if (distance >= bounds[c]!) continue;
        const list = this.#nearest[c]!;
        list.push({ index: base + i, distance });
        if (list.length < 2 * budget + 64) continue;
        this.#nearest[c] = this.of(c);
        bounds[c] = this.#nearest[c]!.at(-1)!.distance;
      }
    }
  }

  /** The B nearest of a class, ties by the lowest index. */
  of(label: number): { index: number; distance: number }[] {
    return this.#nearest[label]!
      .toSorted((a, b) => a.distance - b.distance || a.index - b.index)
      .slice(0, this.budget);
  }
}

/** The boundaries of a linear head, and the samples' distances to them. */
class Boundaries implements Disposable {
  /** Stretches of the pool whose distances fit on the device. */
  readonly segments: readonly Segment[];
  /** K. */
  readonly classes: number;
  readonly #device: Device;
  readonly #inverse: Tensor;

  private constructor(pool: Pool, private readonly head: LinearLogits) {
    const device = this.#device = pool.device;
    const { classes, weight } = head;
    this.classes = classes;
    this.segments = predictableSegments(pool, classes);
    const inverse = inverseDistances(weight, classes, pool.columns);
    const label = "inverse distances of weights";
    this.#inverse = device.tensor(label, [classes, classes], "real", inverse);
  }

  static async from(request: SelectionRequest): Promise<Boundaries> {
    using undo = new DisposableStack();
    const head = undo.use(await LinearLogits.from(request));
    const boundaries = new Boundaries(request.pool, head);
    undo.move();
    return boundaries;
  }

  /** Distances `[rows, K]` of a stretch, the caller's to dispose; the least of each row into `least` `[n]`. */
  distances(segment: Segment, least: Tensor): Tensor {
    const { classes } = this;
    const { rows, base } = segment;
    const device = this.#device;
    using logits = device.tensor("logits", [rows, classes]);
    this.head.record(segment, logits);
    const distances = device.tensor("distances to boundaries", [rows, classes]);
    const tensors = { logits, inverse: this.#inverse, distances, least };
    device.run(boundaryDistances, tensors, { rows, base, classes });
    return distances;
  }

  /** Frees what it holds. */
  [Symbol.dispose](): void {
    this.head[Symbol.dispose]();
    this.#inverse[Symbol.dispose]();
  }
}

/** `1 / |w_a - w_b|`, `[K, K]`; 0 for equal weights. */
function inverseDistances(weight: ArrayLike<number>, classes: number, d: number): Float64Array {
  const inverse = new Float64Array(classes * classes);
  for (let a = 0; a < classes; a++) {
    for (let b = 0; b < a; b++) {
      let sum = 0;
      for (let f = 0; f < d; f++) sum += (weight[a * d + f]! - weight[b * d + f]!) ** 2;
      inverse[a * classes + b] = inverse[b * classes + a] = sum > 0 ? 1 / Math.sqrt(sum) : 0;
    }
  }
  return inverse;
}
