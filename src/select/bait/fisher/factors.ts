/**
 * The Fisher information of a sample factors as `I(x) = V V^T` with `V = x (x) A`. V is never
 * formed: what is kept of A is the probabilities p, and of each column the class c_j and the weight
 * w_j: `A[k, j] = w_j ([k = c_j] - p_k)`. The four forms are four fillings of these:
 *
 * | fisher       | K' | r | p | c_j, w_j                                           | source              |
 * | ------------ | -- | - | - | -------------------------------------------------- | ------------------- |
 * | `full`       | K  | K | p | every class, sqrt(p_j)                             | Ash et al. 2021     |
 * | `exp`        | K  | c | p | the c most probable, sqrt of p_j renormalized       | Huseljic et al. 2024 |
 * | `binary`     | 1  | 1 | 0 | sqrt(m (1 - m)), m the largest probability         | Huseljic et al. 2024 |
 * | `regression` | 1  | 1 | 0 | 1                                                  | Ash et al. 2021     |
 *
 * @module
 */

import type { Device } from "../../../device/device.ts";
import type { Tensor } from "../../../device/tensor.ts";
import { Resource, ResourceStack } from "../../../disposal.ts";
import { InputError } from "../../../errors.ts";
import { binaryWeights } from "../../../kernels/bait/binary-weights.ts";
import { gatherRows } from "../../../kernels/pool/gather-rows.ts";
import { topClasses as topClassesKernel } from "../../../kernels/bait/top-classes.ts";
import type { Pool, Segment } from "../../../pool/pool.ts";
import type { Predictor } from "../../../pool/predictions.ts";
import type { Fisher } from "../../strategy/bait-report.ts";

/** The sizes that follow from a form. */
export interface FactorShape {
  /** K': the classes that A has rows for. */
  readonly classes: number;
  /** r: the columns of A. */
  readonly rank: number;
}

/** A stretch of the pool with its factors. */
export interface FactorSegment extends Segment {
  /** p, `[rows, K']`. */
  readonly probabilities: Tensor;
  /** c, u32 `[rows, r]`. */
  readonly columns: Tensor;
  /** w, `[rows, r]`. */
  readonly weights: Tensor;
}

/** K' and r of a form, given K and the number of top classes. */
export function factorShape(fisher: Fisher, classes: number, topClasses: number): FactorShape {
  if (fisher === "binary" || fisher === "regression") return { classes: 1, rank: 1 };
  return { classes, rank: fisher === "full" ? classes : Math.min(topClasses, classes) };
}

/** What the factors of a pool are made from. */
export interface FactorOptions {
  /** The form. */
  readonly fisher: Fisher;
  /** c of `exp`. */
  readonly topClasses: number;
  /** Multiplies every V. */
  readonly scale: number;
  /** The class probabilities; not needed for `regression`. */
  readonly predictor: Predictor | undefined;
  /** The most rows a segment may have. */
  readonly segmentRows: number;
}

/** The Fisher factors of every sample of a pool. */
export class FisherFactors extends Resource {
  private constructor(
    /** The pool. */
    readonly pool: Pool,
    /** K'. */
    readonly classes: number,
    /** r. */
    readonly rank: number,
    /** The stretches of the pool, in order. */
    readonly segments: readonly FactorSegment[],
    private readonly segmentRows: number,
    private readonly ownsPool: boolean,
  ) {
    super();
  }

  /** The order of the information matrices: K' times the padded number of features. */
  get D(): number {
    return this.classes * this.pool.stride;
  }

  /**
   * Computes the factors of a pool.
   *
   * @throws {InputError} if the form needs probabilities and there is no predictor
   */
  static async from(pool: Pool, options: FactorOptions): Promise<FisherFactors> {
    const { fisher, topClasses, predictor, segmentRows } = options;
    if (fisher !== "regression" && !predictor) {
      throw new InputError(
        `Cannot compute the ${fisher} Fisher information without class probabilities: give ` +
          "logits, probabilities or labels, or use fisher regression",
      );
    }
    const { classes, rank } = factorShape(fisher, predictor?.classes ?? 1, topClasses);
    const segments: FactorSegment[] = [];
    try {
      for (const segment of pool.segments(segmentRows)) {
        segments.push(await factorSegment(pool.device, segment, options, { classes, rank }));
      }
    } catch (error) {
      free(segments);
      throw error;
    }
    return new FisherFactors(pool, classes, rank, segments, segmentRows, false);
  }

  /**
   * The factors of chosen samples with a pool of their features, in the order of the indices.
   *
   * @param index u32, indices into this pool, on the device
   * @param count how many of them to take
   */
  gather(index: Tensor, count: number): FisherFactors {
    const { classes, rank, segmentRows } = this;
    // What is made before something fails is freed.
    using undo = new ResourceStack();
    const pool = undo.use(this.pool.gather(index, count));
    const segments = pool.segments(segmentRows).map((segment): FactorSegment => {
      const gathered = (shareOf: (source: FactorSegment) => Tensor) =>
        undo.use(this.gatherTensor(index, segment, shareOf));
      return {
        ...segment,
        probabilities: gathered((source) => source.probabilities),
        columns: gathered((source) => source.columns),
        weights: gathered((source) => source.weights),
      };
    });
    undo.move();
    return new FisherFactors(pool, classes, rank, segments, segmentRows, true);
  }

  /**
   * Gathers one tensor that every segment has a row-wise share of.
   *
   * @param index u32, indices into this pool
   * @param target the rows of the gathered pool that are wanted
   * @param shareOf the share of a segment (given with its place), `[rows, width]`
   */
  gatherTensor(
    index: Tensor,
    target: { base: number; rows: number },
    shareOf: (segment: FactorSegment, place: number) => Tensor,
  ): Tensor {
    const { device } = this.pool;
    const model = shareOf(this.segments[0]!, 0);
    const words = model.size / model.shape[0]!;
    const out = device.tensor(model.label, [target.rows, words], model.dtype);
    this.segments.forEach((segment, place) => {
      device.run(gatherRows, { index, source: shareOf(segment, place), out }, {
        first: target.base,
        count: target.rows,
        base: segment.base,
        rows: segment.rows,
        words,
        sourceOffset: 0,
        perWord: 1,
      });
    });
    return out;
  }

  /** Frees the factors, and the pool if it was gathered. */
  dispose(): void {
    free(this.segments);
    if (this.ownsPool) this.pool.dispose();
  }
}

function free(segments: readonly FactorSegment[]): void {
  for (const { probabilities, columns, weights } of segments) {
    probabilities.dispose();
    columns.dispose();
    weights.dispose();
  }
}

async function factorSegment(
  device: Device,
  segment: Segment,
  { fisher, scale, predictor }: FactorOptions,
  { classes, rank }: FactorShape,
): Promise<FactorSegment> {
  const { rows } = segment;
  // What is made before something fails is freed.
  using undo = new ResourceStack();
  const predicted = fisher === "regression"
    ? undefined
    : undo.use(await predictor!.predict(device, segment));
  const columns = undo.use(device.tensor("factor columns", [rows, rank], "u32"));
  const weights = undo.use(device.tensor("factor weights", [rows, rank]));
  const scalar = fisher === "binary" || fisher === "regression";
  const probabilities = scalar ? undo.use(device.tensor("no classes", [rows, 1])) : predicted!;
  if (fisher === "regression") device.write(weights, new Float64Array(rows).fill(scale));
  else if (fisher === "binary") {
    const params = { rows, classes: predictor!.classes, scale };
    device.run(binaryWeights, { probabilities: predicted!, weights }, params);
    predicted!.dispose();
  } else {
    const params = { rows, classes, rank, scale };
    device.run(topClassesKernel, { probabilities, columns, weights }, params);
  }
  undo.move();
  return { ...segment, probabilities, columns, weights };
}
