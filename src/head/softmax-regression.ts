/**
 * Softmax regression: the minimum of scikit-learn's `LogisticRegression` objective,
 * `C sum_i CE_i + 1/2 |W|^2` with an unpenalized bias, by L-BFGS on all labeled samples.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import { Recording, type RecordingOptions } from "../device/recording.ts";
import type { Tensor } from "../device/tensor.ts";
import type { softmaxResidual } from "../kernels/head/softmax-residual.ts";
import type { Pool } from "../pool/pool.ts";
import { Layout } from "./layout.ts";
import { Lbfgs, type LbfgsReport } from "./lbfgs.ts";
import { SoftmaxObjective } from "./softmax-objective.ts";
import type { TrainingReport } from "./training-report.ts";

/** The settings of softmax regression with L-BFGS. */
export interface LbfgsSettings {
  /** The inverse strength of the L2 penalty. */
  readonly C: number;
  /** The tolerance of the gradient at convergence; undefined for the default of the device. */
  readonly tolerance: number | undefined;
  /** The maximum number of iterations. */
  readonly maxIterations: number;
}

/** The largest number of evaluations between two readbacks of the status. */
const EVALUATIONS_PER_READBACK = 25;

/** The time after which the status is read back in any case, in milliseconds. */
const READBACK_MILLISECONDS = 250;

/**
 * Minimizes the objective. The same input gives the same weights, bit for bit on the same device.
 *
 * If a class has no samples (with several labels a sample: none, or all of them), or there is only
 * one class, the minimum is at an infinite bias. The
 * optimization then stops when the gradient is within the tolerance, and the probabilities differ
 * from 0 and 1 by about as much.
 *
 * @param pool the labeled samples
 * @param labels the labels of the samples as the kernel reads them, such as classes `[n]`
 * @param classes the number of classes, K
 * @param settings the strength of the penalty, and when to stop
 * @param recordingOptions how progress is reported and the work is aborted
 * @param residual the kernel of the loss. Default: the cross-entropy of one class a sample
 * @returns the parameters in the {@linkcode Layout} of a linear head, the caller's to dispose
 * @throws {DeviceError} if memory does not suffice
 */
export async function softmaxRegression(
  pool: Pool,
  labels: ArrayLike<number>,
  classes: number,
  settings: LbfgsSettings,
  recordingOptions: RecordingOptions,
  residual?: typeof softmaxResidual,
): Promise<{ parameters: Tensor; report: TrainingReport }> {
  const { device, columns } = pool;
  const { C, maxIterations, tolerance = defaultTolerance(device) } = settings;
  using objective = new SoftmaxObjective(pool, labels, classes, C, residual);
  using search = new Lbfgs(device, objective.size, objective.terms, { tolerance, maxIterations });
  const report = await minimize(device, objective, search, maxIterations, recordingOptions);
  const { iterations, loss } = report;
  const parameters = device.tensor("parameters of the head", [new Layout([columns, classes]).size]);
  search.copySolution(parameters);
  return {
    parameters,
    report: {
      optimizer: "lbfgs",
      epochs: iterations,
      bestEpoch: iterations,
      losses: [loss],
      converged: report.status === "converged",
      ...report,
    },
  };
}

/**
 * Records evaluations until the optimization has stopped. The times of the readbacks of its status
 * have no influence on the result, because it stops on the device.
 */
async function minimize(
  device: Device,
  objective: SoftmaxObjective,
  search: Lbfgs,
  maxIterations: number,
  recordingOptions: RecordingOptions,
): Promise<LbfgsReport> {
  // Nearly every iteration takes one evaluation.
  const most = Math.ceil(1.25 * maxIterations) + 25;
  const recording = new Recording(device, "training", most, recordingOptions);
  let lastReadback = performance.now();
  for (let done = 1;; done++) {
    objective.evaluate(search.trial, search.gradient, search.terms);
    search.step();
    await recording.step();
    const late = performance.now() - lastReadback > READBACK_MILLISECONDS;
    if (done % EVALUATIONS_PER_READBACK !== 0 && done < most && !late) continue;
    const report = await search.report();
    if (report.status !== "running" || done === most) {
      recording.end();
      return report;
    }
    lastReadback = performance.now();
  }
}

/** The default tolerance: in float32, gradients of well-scaled features are exact to about 1e-8. */
function defaultTolerance(device: Device): number {
  return device.kind === "cpu" ? 1e-8 : 1e-6;
}
