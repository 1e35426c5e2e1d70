/**
 * The coverage of a pool by labeled and picked samples: the engine of herding and ProbCover. The
 * coverage of sample j is its similarity to the most similar labeled or picked sample, and the gain
 * of sample i is `sum_j w_j max(s_ij - covered_j, 0)`. Similarities are computed in batches from
 * products of samples and are never stored.
 *
 * @module
 */

import { allocate, type Tensors } from "../../device/allocate.ts";
import { Recording, type RecordingOptions } from "../../device/recording.ts";
import type { Tensor } from "../../device/tensor.ts";
import { dispose, Resource, ResourceStack } from "../../disposal.ts";
import { coverRows } from "../../kernels/geometry/cover-rows.ts";
import { COVERAGE_CHUNK, coverageGains } from "../../kernels/geometry/coverage-gains.ts";
import { sumSlices } from "../../kernels/linalg/sum-slices.ts";
import type { Pool } from "../../pool/pool.ts";
import { lazyGreedy } from "../drivers/lazy-greedy.ts";
import type { SelectionRequest } from "../strategy/request.ts";
import { SampleProducts } from "./sample-products.ts";
import { squaredNorms } from "./squared-norms.ts";

/** The number of samples that are evaluated at a time: the columns of one workgroup. */
const BATCH = 64;

/** The similarity of two samples. */
export interface Similarity {
  /** `exponential`: `exp(-scale |x - y|^2)`. `ball`: 1 if `|x - y|^2 < scale`, else 0. */
  readonly shape: "exponential" | "ball";
  /** The scale, above 0. */
  readonly scale: number;
}

/** The options of {@linkcode pickCovering}. */
export interface CoverageOptions {
  /** The similarity of two samples. */
  readonly similarity: Similarity;
  /**
   * The weight of each sample, `[n]`, not negative; labeled samples always have weight 0. Default:
   * 1.
   */
  readonly weights?: ArrayLike<number>;
  /** Stops before a pick whose gain is not above this. Default: never. */
  readonly above?: number;
  /** The name of the phase for the progress callback. */
  readonly phase: string;
}

/**
 * Picks the samples that add the most to the coverage of the unlabeled samples, excluded ones
 * included. Labeled samples cover from the start. Ties go to the lowest index.
 *
 * @param pool the features in the space of the similarity, `[n, d]`
 * @param request the labeled samples, the candidates and the budget
 * @param options see {@linkcode CoverageOptions}
 * @returns the picks, in order
 */
export async function pickCovering(
  pool: Pool,
  request: Pick<SelectionRequest, "labeled" | "candidates" | "budget" | "recordingOptions">,
  options: CoverageOptions,
): Promise<number[]> {
  const { labeled, candidates, budget, recordingOptions } = request;
  const { similarity, phase, above = -Infinity } = options;
  const weights = Float64Array.from({ length: pool.rows }, (_, i) => options.weights?.[i] ?? 1);
  for (const index of labeled) weights[index] = 0;
  using coverage = new Coverage(pool, similarity, weights);
  await coverage.cover(labeled, recordingOptions);
  const recording = new Recording(pool.device, phase, budget, recordingOptions);
  const picks = await lazyGreedy(
    candidates,
    (indices, picked) =>
      indices === candidates
        ? coverage.allGains(candidates, recordingOptions)
        : coverage.gains(indices, picked),
    {
      budget,
      // One column of the first batch is for the last pick.
      batch: BATCH - 1,
      above,
      onPick: () => recording.step(),
    },
  );
  recording.end();
  return picks;
}

/**
 * The coverage of each sample, on the device. The similarity of two samples is the same number
 * whenever it is computed (see {@linkcode SampleProducts.record}), the sum over j has a fixed
 * order, and rounding is monotone: as coverage grows no term and no sum can grow, not even in its
 * last bit. So an earlier gain bounds a later one in floating point, too, and equal samples have
 * equal gains.
 */
export class Coverage extends Resource {
  readonly #products: SampleProducts;
  readonly #tensors: Tensors<"weights" | "covered" | "order" | "partials" | "gains">;
  readonly #norms: Tensor;

  /** Starts without coverage. */
  constructor(
    private readonly pool: Pool,
    private readonly similarity: Similarity,
    weights: ArrayLike<number>,
  ) {
    super();
    const { device, rows } = pool;
    using undo = new ResourceStack();
    this.#products = undo.use(new SampleProducts(pool, BATCH));
    // Full batches, and one more for the last pick.
    const capacity = (Math.ceil(rows / BATCH) + 1) * BATCH;
    const chunks = Math.ceil(this.#products.rows / COVERAGE_CHUNK);
    this.#tensors = undo.use(allocate(device, {
      weights: ["weights of the samples", [rows], "real", weights],
      covered: ["coverage", [rows]],
      order: ["samples to evaluate", [capacity], "u32"],
      partials: ["parts of gains", [chunks, BATCH]],
      gains: ["gains", [capacity]],
    }));
    this.#norms = undo.use(squaredNorms(pool));
    undo.move();
  }

  /** Adds samples that cover others. */
  async cover(indices: readonly number[], recordingOptions: RecordingOptions = {}): Promise<void> {
    const { device } = this.pool;
    const { order } = this.#tensors;
    if (indices.length === 0) return;
    device.write(order, indices);
    const batches = Math.ceil(indices.length / BATCH);
    const recording = new Recording(device, "labeled samples", batches, recordingOptions);
    for (let first = 0; first < indices.length; first += BATCH) {
      const count = Math.min(BATCH, indices.length - first);
      this.#products.record(order, first, count, (y, { rows, base }) => {
        this.#cover(y, rows, base, first, count);
      });
      await recording.step();
    }
    recording.end();
  }

  /** Computes the gains of many samples, with progress. */
  async allGains(
    indices: readonly number[],
    recordingOptions: RecordingOptions = {},
  ): Promise<ArrayLike<number>> {
    const { device } = this.pool;
    const { order, gains } = this.#tensors;
    device.write(order, indices);
    const batches = Math.ceil(indices.length / BATCH);
    const recording = new Recording(device, "coverage", batches, recordingOptions);
    for (let first = 0; first < indices.length; first += BATCH) {
      this.#evaluate(first, Math.min(BATCH, indices.length - first), 0);
      await recording.step();
    }
    recording.end();
    return await device.read(gains, 0, indices.length);
  }

  /**
   * Computes the gains of some samples after `picked`, if any, has been added to the samples that
   * cover.
   */
  async gains(
    indices: readonly number[],
    picked: number | undefined,
  ): Promise<ArrayLike<number>> {
    const { device } = this.pool;
    const { order, gains } = this.#tensors;
    // The pick shares a batch with the samples: one product serves both.
    const before = picked === undefined ? [] : [picked];
    const listed = [...before, ...indices];
    device.write(order, listed);
    for (let first = 0; first < listed.length; first += BATCH) {
      const count = Math.min(BATCH, listed.length - first);
      this.#evaluate(first, count, first === 0 ? before.length : 0);
      // Submit each batch separately, so that no submission runs into a watchdog.
      device.submit();
    }
    return await device.read(gains, before.length, indices.length);
  }

  /**
   * Records the gains of one batch, after its first `covering` samples have been added as covering.
   */
  #evaluate(first: number, count: number, covering: number): void {
    const { pool: { device }, similarity: { shape, scale } } = this;
    const { order, covered, weights, partials, gains } = this.#tensors;
    const norms = this.#norms;
    const ball = shape === "ball" ? 1 : 0;
    this.#products.record(order, first, count, (y, { rows, base }, place) => {
      if (covering > 0) this.#cover(y, rows, base, first, covering);
      const params = { rows, base, width: BATCH, first, scale };
      device.run(coverageGains, { y, norms, order, covered, weights, partials }, params, { ball });
      device.run(sumSlices, { s: partials, c: gains }, {
        m: 1,
        n: BATCH,
        slices: Math.ceil(rows / COVERAGE_CHUNK),
        ldc: BATCH,
        cOffset: first,
        alpha: 1,
        beta: place > 0 ? 1 : 0,
      });
    });
  }

  #cover(y: Tensor, rows: number, base: number, first: number, count: number): void {
    const { pool: { device }, similarity: { shape, scale } } = this;
    const { order, covered } = this.#tensors;
    const params = { rows, base, width: BATCH, count, first, scale };
    const ball = shape === "ball" ? 1 : 0;
    device.run(coverRows, { y, norms: this.#norms, order, covered }, params, { ball });
  }

  /** Frees the tensors. */
  dispose(): void {
    this.#norms.dispose();
    this.#tensors[dispose]();
    this.#products.dispose();
  }
}
