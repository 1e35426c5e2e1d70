/**
 * Training of linear classifiers by softmax regression.
 *
 * @module
 */

import { checkNames, type OptionNames } from "../check-names.ts";
import type { RecordingOptions } from "../device/recording.ts";
import type { softmaxResidual } from "../kernels/head/softmax-residual.ts";
import type { Pool } from "../pool/pool.ts";
import { checkRange, isCount } from "./check-range.ts";
import { Head, type Task } from "./head.ts";
import { checkLabeled, gatherSamples, type Labeled } from "./labeled.ts";
import { softmaxRegression } from "./softmax-regression.ts";

/** The options of {@linkcode trainClassifier}. */
export interface TrainClassifierOptions extends RecordingOptions {
  /** The number of classes, K. Default: the largest label plus 1. */
  readonly classes?: number | undefined;
  /** The inverse strength of the L2 penalty, as in scikit-learn. Default 1. */
  readonly C?: number | undefined;
  /**
   * The largest absolute entry of the gradient of the objective divided by C n (n labeled samples)
   * at convergence, relative to the largest entry at W = 0 if that is above 1. Default 1e-6, and
   * 1e-8 on the CPU device.
   */
  readonly tolerance?: number | undefined;
  /** The maximum number of iterations. Default 500. */
  readonly maxIterations?: number | undefined;
}

/** The names of {@linkcode TrainClassifierOptions}. */
export const CLASSIFIER_OPTIONS: OptionNames<TrainClassifierOptions> = {
  classes: true,
  C: true,
  tolerance: true,
  maxIterations: true,
  signal: true,
  onProgress: true,
  sliceMilliseconds: true,
};

/**
 * Trains a linear classifier by softmax regression with L-BFGS, as `trainHead` does by default for
 * classification; programs that need no other heads import less code with it.
 *
 * @example
 * ```ts
 * import { arrayRows, openDevice, Pool } from "@creel/creel";
 * import { trainClassifier } from "@creel/creel/heads";
 * import assert from "node:assert/strict";
 *
 * using device = await openDevice({ device: "cpu" });
 * using pool = await Pool.from(device, arrayRows("features", [[-1], [0], [1]]));
 * using head = await trainClassifier(pool, { indices: [0, 2], labels: [0, 1] });
 * const [first, second] = await head.probabilities([[-2]]);
 * assert.ok(first! > second!);
 * ```
 *
 * @param pool the features, `[n, d]`
 * @param labeled the indices of the labeled samples, and their classes
 * @param options the strength of the penalty, the number of classes, and when to stop
 * @returns the head, the caller's to dispose
 * @throws {InputError} if the samples or an option are wrong
 * @throws {DeviceError} if memory does not suffice
 */
export async function trainClassifier(
  pool: Pool,
  labeled: Labeled,
  options: TrainClassifierOptions = {},
): Promise<Head> {
  checkNames("trainClassifier", options, CLASSIFIER_OPTIONS);
  const classes = checkLabeled(labeled, pool.rows, options.classes);
  return await fitLinear(pool, { ...labeled, classes, task: "classification" }, options);
}

/** Checked samples for {@linkcode fitLinear}. */
export interface LinearSamples {
  /** The indices of the samples, `[n]`. */
  readonly indices: ArrayLike<number>;
  /** The labels as the kernel of the loss reads them. */
  readonly labels: ArrayLike<number>;
  /** The number of classes, K. */
  readonly classes: number;
  /** The task of the head. */
  readonly task: Task;
  /** The kernel of the loss. Default: the cross-entropy of one class a sample. */
  readonly residual?: typeof softmaxResidual;
}

/**
 * Trains a linear head with L-BFGS on checked samples.
 *
 * @param pool the features, `[n, d]`
 * @param samples the samples and their loss
 * @param options the strength of the penalty, and when to stop
 * @returns the head, the caller's to dispose
 * @throws {InputError} if an option is out of range
 * @throws {DeviceError} if memory does not suffice
 */
export async function fitLinear(
  pool: Pool,
  { indices, labels, classes, task, residual }: LinearSamples,
  options: TrainClassifierOptions,
): Promise<Head> {
  const { C = 1, tolerance, maxIterations = 500 } = options;
  checkRange({ C, tolerance: tolerance ?? 1 }, (value) => value > 0, "a positive number");
  checkRange({ maxIterations }, isCount, "a whole number from 1 on");
  const { device, columns, columnScale, unitRows } = pool;
  using rows = gatherSamples(pool, indices);
  const settings = { C, tolerance, maxIterations };
  const fitted = await softmaxRegression(rows, labels, classes, settings, options, residual);
  return new Head(device, fitted.parameters, {
    task,
    widths: [columns, classes],
    activation: "relu",
    columnScale,
    unitRows,
    report: fitted.report,
  });
}
