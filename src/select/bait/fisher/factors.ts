/**
 * The Fisher information of a sample factors as `I(x) = V V^T` with `V = x (x) A`. V is never
 * formed. A is kept as the probabilities p and, for each column, the class c_j and the weight w_j:
 * `A[k, j] = w_j ([k = c_j] - p_k)`. The four forms differ in these values:
 *
 * | fisher       | K' | r | p | c_j, w_j                                   | source               |
 * | ------------ | -- | - | - | ------------------------------------------ | -------------------- |
 * | `full`       | K  | K | p | every class, sqrt(p_j)                     | Ash et al. 2021      |
 * | `exp`        | K  | c | p | the top c, sqrt of p_j renormalized        | Huseljic et al. 2024 |
 * | `binary`     | 1  | 1 | 0 | sqrt(m (1 - m)), m the largest probability | Huseljic et al. 2024 |
 * | `regression` | 1  | 1 | 0 | 1                                          | Ash et al. 2021      |
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
import { predictableRows, segmentParts } from "../../../pool/probabilities.ts";
import type { Fisher } from "../../strategy/bait-report.ts";

/** The sizes of the factors of a form. */
export interface FactorShape {
  /** K': the classes that A has rows for. */
  readonly classes: number;
  /** r: the columns of A. */
  readonly rank: number;
}

/** A segment of the pool with its factors. */
export interface FactorSegment extends Segment {
  /** The probabilities p, `[rows, K']`. */
  readonly probabilities: Tensor;
  /** The classes c of the columns of A, u32 `[rows, r]`. */
  readonly columns: Tensor;
  /** The weights w of the columns of A, `[rows, r]`. */
  readonly weights: Tensor;
}

/** K' and r of a form, for K classes and a number of top classes. */
export function factorShape(fisher: Fisher, classes: number, topClasses: number): FactorShape {
  if (fisher === "binary" || fisher === "regression") return { classes: 1, rank: 1 };
  return { classes, rank: fisher === "full" ? classes : Math.min(topClasses || classes, classes) };
}

/** The options of {@linkcode FisherFactors.from}. */
export interface FactorOptions {
  /** The form of the Fisher information. */
  readonly fisher: Fisher;
  /** The number of most probable classes of the form `exp`. */
  readonly topClasses: number;
  /** The factor of every V. */
  readonly scale: number;
  /** The class probabilities; not needed for `regression`. */
  readonly predictor: Predictor | undefined;
  /** The largest number of rows of a segment. */
  readonly segmentRows: number;
}

/** The Fisher factors of every sample of a pool. */
export class FisherFactors extends Resource {
  /** Takes factors that are known; otherwise use `from`. */
  constructor(
    /** The pool of the samples. */
    readonly pool: Pool,
    /** K'. */
    readonly classes: number,
    /** r. */
    readonly rank: number,
    /** The segments of the pool with their factors, in order. */
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
   * Gathers the factors and the features of some samples, in the order of the indices.
   *
   * @param index indices into this pool, u32, on the device
   * @param count the number of indices to use
   */
  gather(index: Tensor, count: number): FisherFactors {
    const { classes, rank, segmentRows } = this;
    // If a step fails, the tensors made before it are freed.
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
   * Gathers one tensor that is stored by segments.
   *
   * @param index indices into this pool, u32
   * @param target the rows of the gathered pool to fill
   * @param shareOf returns the tensor of a segment, `[rows, width]`, given the segment and its
   * position
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

  /** Frees the factors, and the pool if it was gathered or copied. */
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
  // If a step fails, the tensors made before it are freed.
  using undo = new ResourceStack();
  const scalar = fisher === "binary" || fisher === "regression";
  const probabilities = undo.use(
    scalar ? device.tensor("no classes", [rows, 1]) : await predictor!.predict(device, segment),
  );
  const columns = undo.use(device.tensor("factor columns", [rows, rank], "u32"));
  const weights = undo.use(device.tensor("factor weights", [rows, rank]));
  if (fisher === "regression") device.write(weights, new Float64Array(rows).fill(scale));
  else if (fisher !== "binary") {
    const params = { rows, classes, rank, scale };
    device.run(topClassesKernel, { probabilities, columns, weights }, params);
  } else {
    // One number is left of each row: the predictions of all rows are never in memory.
    const { classes } = predictor!;
    for (const part of segmentParts(segment, predictableRows(device, classes))) {
      const probabilities = undo.use(await predictor!.predict(device, part));
      const params = { rows: part.rows, classes, scale, first: part.base - segment.base };
      device.run(binaryWeights, { probabilities, weights }, params);
      probabilities.dispose();
    }
  }
  undo.move();
  return { ...segment, probabilities, columns, weights };
}
