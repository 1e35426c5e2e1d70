/**
 * The linear classifier, which needs no choices: softmax regression to its minimum.
 *
 * @module
 */

import type { RecordingOptions } from "../device/recording.ts";
import type { Pool } from "../pool/pool.ts";
import { checkRange, isCount } from "./check-range.ts";
import { Head } from "./head.ts";
import { checkLabeled, gatherSamples, type Labeled } from "./labeled.ts";
import { softmaxRegression } from "./softmax-regression.ts";

/** How a linear classifier is trained. All options have defaults. */
export interface TrainClassifierOptions extends RecordingOptions {
  /** K. Default: the largest label plus 1. */
  readonly classes?: number | undefined;
  /** The weight of the samples against the L2 penalty, as in scikit-learn. Default 1. */
  readonly C?: number | undefined;
  /**
   * It has converged when no entry of the gradient of the objective divided by C n (n labeled
   * samples) is above this, times the largest entry at W = 0 if that is above 1. Default 1e-6, and
   * 1e-8 on the CPU device.
   */
  readonly tolerance?: number | undefined;
  /** The most steps. Default 500. */
  readonly maxIterations?: number | undefined;
}

/**
 * Trains a linear classifier by L-BFGS, as `trainHead` does by default for classes.
 *
 * @param pool the features, `[n, d]`
 * @param labeled which samples are labeled, and how
 * @param options the penalty, and when to stop
 * @returns the head, the caller's to dispose
 * @throws {InputError} if the samples or an option are wrong
 * @throws {DeviceError} if it does not fit on the device
 */
export async function trainClassifier(
  pool: Pool,
  labeled: Labeled,
  options: TrainClassifierOptions = {},
): Promise<Head> {
  const { C = 1, tolerance, maxIterations = 500 } = options;
  checkRange({ C, tolerance: tolerance ?? 1 }, (value) => value > 0, "a positive number");
  checkRange({ maxIterations }, isCount, "a whole number from 1 on");
  const classes = checkLabeled(labeled, pool.rows, options.classes);
  const { device, columns, columnScale, unitRows } = pool;
  using rows = gatherSamples(pool, labeled.indices);
  const settings = { C, tolerance, maxIterations };
  const fitted = await softmaxRegression(rows, labeled.labels, classes, settings, options);
  return new Head(device, fitted.parameters, {
    task: "classification",
    widths: [columns, classes],
    activation: "relu",
    columnScale,
    unitRows,
    report: fitted.report,
  });
}
