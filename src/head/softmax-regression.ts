/**
 * Softmax regression: the minimum of scikit-learn's `LogisticRegression` objective,
 * `C sum_i CE_i + 1/2 |W|^2` with an unpenalized bias, by L-BFGS on all labeled samples.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import { Recording, type RecordingOptions } from "../device/recording.ts";
import type { Tensor } from "../device/tensor.ts";
import type { Pool } from "../pool/pool.ts";
import { Layout } from "./layout.ts";
import { Lbfgs, type LbfgsReport } from "./lbfgs.ts";
import { SoftmaxObjective } from "./softmax-objective.ts";
import type { TrainingReport } from "./training-report.ts";

/** The settings of softmax regression with L-BFGS. */
export interface LbfgsSettings {
  /** The weight of the samples against the penalty. */
  readonly C: number;
  /** When it has converged; undefined for the default of the device. */
  readonly tolerance: number | undefined;
  /** The most steps. */
  readonly maxIterations: number;
}

/**
 * Evaluations between two looks at how the search stands, and the milliseconds that also suffice.
 */
const EVALUATIONS_PER_LOOK = 25;
const MILLISECONDS_PER_LOOK = 250;

/**
 * Finds the minimum. The same input gives the same weights, bit for bit on the same device.
 *
 * A class without samples, or a single class, has its minimum at an infinite bias: the search stops
 * when the gradient is within the tolerance, and the probabilities are within about that of 0 and
 * 1.
 *
 * @param pool the labeled samples
 * @param labels their classes, `[n]`
 * @param classes K
 * @param settings the penalty, and when to stop
 * @param watching how the work is watched
 * @returns the parameters in the {@linkcode Layout} of a linear head, the caller's to dispose
 * @throws {DeviceError} if it does not fit on the device
 */
export async function softmaxRegression(
  pool: Pool,
  labels: ArrayLike<number>,
  classes: number,
  settings: LbfgsSettings,
  watching: RecordingOptions,
): Promise<{ parameters: Tensor; report: TrainingReport }> {
  const { device, columns } = pool;
  const { C, maxIterations, tolerance = defaultTolerance(device) } = settings;
  using objective = new SoftmaxObjective(pool, labels, classes, C);
  using search = new Lbfgs(device, objective.size, objective.terms, { tolerance, maxIterations });
  const report = await minimize(device, objective, search, maxIterations, watching);
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
 * Records evaluations until the search is over. How often its state is looked at depends on time;
 * the result does not, because the search stops by itself.
 */
async function minimize(
  device: Device,
  objective: SoftmaxObjective,
  search: Lbfgs,
  maxIterations: number,
  watching: RecordingOptions,
): Promise<LbfgsReport> {
  // Nearly every step takes one evaluation.
  const most = Math.ceil(1.25 * maxIterations) + 25;
  const recording = new Recording(device, "training", most, watching);
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
