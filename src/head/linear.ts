/**
 * The linear head: softmax regression on frozen features, trained to the minimum of scikit-learn's
 * `LogisticRegression` objective, `C sum_i CE_i + 1/2 |W|^2` with an unpenalized bias, by L-BFGS on all
 * labeled samples.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import { Recording, type RecordingOptions } from "../device/recording.ts";
import type { Tensor } from "../device/tensor.ts";
import { InputError } from "../errors.ts";
import { addBias } from "../kernels/head/add-bias.ts";
import { softmaxRows } from "../kernels/pool/softmax-rows.ts";
import { matmul } from "../linalg/matmul.ts";
import type { Pool, Segment } from "../pool/pool.ts";
import type { Predictor } from "../pool/predictions.ts";
import { allocate } from "../device/allocate.ts";
import { checkLabeled, type Labeled } from "./labeled.ts";
import { Lbfgs, type LbfgsReport } from "./lbfgs.ts";
import { logitRows, SoftmaxObjective } from "./softmax-objective.ts";

/** How a linear head is trained. */
export interface LinearHeadOptions extends RecordingOptions {
  /** K. Default: the largest label plus 1. */
  classes?: number | undefined;
  /** The weight of the samples against the penalty, as in scikit-learn. Default 1. */
  C?: number | undefined;
  /**
   * The head has converged when no entry of the gradient of the objective divided by C n (n labeled
   * samples) is above this, times the largest entry at W = 0 if that is above 1. Default 1e-6, and 1e-8
   * on the CPU device.
   */
  tolerance?: number | undefined;
  /** The most steps of L-BFGS. Default 500. */
  maxIterations?: number | undefined;
}

/** How the training went. The loss and the gradient are those of the objective divided by C n. */
export interface LinearHeadReport extends LbfgsReport {
  /** Whether the gradient is within the tolerance. */
  readonly converged: boolean;
}

/** Evaluations between two looks at how the search stands, and the milliseconds that also suffice. */
const EVALUATIONS_PER_LOOK = 25;
const MILLISECONDS_PER_LOOK = 250;

/** A trained linear head on a device. It predicts, and frees its weights when disposed. */
export class LinearHead implements Disposable, Predictor {
  private constructor(
    private readonly device: Device,
    /** K. */
    readonly classes: number,
    /** d of the features it was trained on. */
    readonly columns: number,
    /** `[K, stride]`: d padded with zeros, as the pool's rows are. */
    readonly weights: Tensor,
    /** `[K]`. */
    readonly bias: Tensor,
    /** How the training went. */
    readonly report: LinearHeadReport,
  ) {}

  /**
   * Trains a head on the labeled samples of a pool. The same input gives the same weights, bit for
   * bit on the same device.
   *
   * A class without samples, or a single class, has its minimum at an infinite bias: the head stops
   * when the gradient is within the tolerance, and its probabilities are within about that of 0 and 1.
   *
   * @param pool the features, `[n, d]`
   * @param labeled which samples are labeled, and how
   * @param options the penalty, when to stop, and how the work is watched
   * @throws {InputError} if there are no labels, an index or a label is out of range, an index comes
   * twice, or an option is not positive
   * @throws {DeviceError} if it does not fit on the device
   */
  static async train(
    pool: Pool,
    labeled: Labeled,
    options: LinearHeadOptions = {},
  ): Promise<LinearHead> {
    const { device, columns, stride } = pool;
    const { C = 1, maxIterations = 500 } = options;
    const tolerance = options.tolerance ?? defaultTolerance(device);
    const classes = checkLabeled(labeled, pool.rows, options.classes);
    checkPositive({ C, tolerance, maxIterations });
    const count = labeled.indices.length;
    using index = device.tensor("labeled samples", [count], "u32", labeled.indices);
    using rows = pool.gather(index, count);
    using objective = new SoftmaxObjective(rows, labeled.labels, classes, C);
    using search = new Lbfgs(device, objective.size, objective.terms, { tolerance, maxIterations });
    const report = await minimize(device, objective, search, maxIterations, options);
    const { weights, bias } = allocate(device, {
      weights: ["weights of the head", [classes, stride]],
      bias: ["bias of the head", [classes]],
    });
    search.copySolution(weights, 0);
    search.copySolution(bias, classes * stride);
    const converged = report.status === "converged";
    return new LinearHead(device, classes, columns, weights, bias, { ...report, converged });
  }

  /**
   * The logits of a stretch of a pool.
   *
   * @returns `[rows, K]`, the caller's to dispose
   * @throws {InputError} if the pool's rows are not as wide as those it was trained on
   */
  logits(device: Device, segment: Segment): Tensor {
    const { classes, weights, bias } = this;
    const { features, offset, rows, stride } = segment;
    if (stride !== weights.shape[1]) {
      throw new InputError(
        `Cannot apply a head for rows of ${weights.shape[1]} features (with padding) to rows of ` +
          `${stride}`,
      );
    }
    const logits = device.tensor("logits", [rows, classes]);
    try {
      matmul(device, {
        m: rows,
        n: classes,
        k: stride,
        a: { tensor: features, offset: offset * stride },
        b: { tensor: weights, transposed: true },
        c: { tensor: logits },
      });
    } catch (error) {
      logits[Symbol.dispose]();
      throw error;
    }
    device.run(addBias, { bias, logits }, { rows, classes });
    return logits;
  }

  /** See {@linkcode Predictor.predict}. */
  // deno-lint-ignore require-await
  async predict(device: Device, segment: Segment): Promise<Tensor> {
    const { classes } = this;
    const { rows } = segment;
    using logits = this.logits(device, segment);
    const probabilities = device.tensor("probabilities", [rows, classes]);
    device.run(softmaxRows, { logits, probabilities }, { rows, classes });
    return probabilities;
  }

  /**
   * Reads the parameters back.
   *
   * @returns `weight` `[K, d]`, without the padding, and `bias` `[K]`; float64 from the CPU device
   */
  async readWeights(): Promise<
    { weight: Float32Array | Float64Array; bias: Float32Array | Float64Array }
  > {
    const { device, classes, columns, weights } = this;
    const stride = weights.shape[1]!;
    const [padded, bias] = await device.readAll([{ tensor: weights }, { tensor: this.bias }]) as [
      Float32Array | Float64Array,
      Float32Array | Float64Array,
    ];
    const weight = padded.slice(0, classes * columns);
    for (let k = 0; k < classes; k++) {
      weight.set(padded.subarray(k * stride, k * stride + columns), k * columns);
    }
    return { weight, bias };
  }

  /** Frees the weights. */
  [Symbol.dispose](): void {
    this.weights[Symbol.dispose]();
    this.bias[Symbol.dispose]();
  }
}

/**
 * The class probabilities of a whole pool.
 *
 * @param pool the features, `[n, d]`
 * @param head what predicts
 * @returns `[n, K]`
 */
export async function predictProbabilities(pool: Pool, head: Predictor): Promise<Float32Array> {
  const { device, rows } = pool;
  const { classes } = head;
  const all = new Float32Array(rows * classes);
  for (const segment of pool.segments(logitRows(device, classes))) {
    using probabilities = await head.predict(device, segment);
    all.set(await device.read(probabilities), segment.base * classes);
  }
  return all;
}

/**
 * Records evaluations until the search is over. How often its state is looked at depends on time; the
 * result does not, because the search stops by itself.
 */
async function minimize(
  device: Device,
  objective: SoftmaxObjective,
  search: Lbfgs,
  maxIterations: number,
  options: RecordingOptions,
): Promise<LbfgsReport> {
  // Nearly every step takes one evaluation.
  const most = Math.ceil(1.25 * maxIterations) + 25;
  const recording = new Recording(device, "training", most, options);
  let looked = performance.now();
  for (let done = 1;; done++) {
    objective.evaluate(search.trial, search.gradient, search.terms);
    search.step();
    await recording.step();
    const late = performance.now() - looked > MILLISECONDS_PER_LOOK;
    if (done % EVALUATIONS_PER_LOOK !== 0 && done < most && !late) continue;
    const report = await search.report();
    if (report.status !== "running" || done === most) {
      recording.end();
      return report;
    }
    looked = performance.now();
  }
}

/** In float32 the gradient of well-scaled features is exact to about 1e-8. */
function defaultTolerance(device: Device): number {
  return device.kind === "cpu" ? 1e-8 : 1e-6;
}

function checkPositive(options: Record<string, number>): void {
  for (const [name, value] of Object.entries(options)) {
    if (!(value > 0)) {
      throw new InputError(`Cannot train with ${name} ${value}: it must be a positive number`);
    }
  }
}
