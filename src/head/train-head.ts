/**
 * Training of heads of every kind.
 *
 * @module
 */

import type { RecordingOptions } from "../device/recording.ts";
import type { Tensor } from "../device/tensor.ts";
import { throwIfAborted } from "../device/yielder.ts";
import { InputError } from "../errors.ts";
import type { Pool } from "../pool/pool.ts";
import { Head, type Task } from "./head.ts";
import {
  checkLabeled,
  checkMeasured,
  gatherSamples,
  type Labeled,
  type Measured,
} from "./labeled.ts";
import { trainBatches } from "./mini-batches.ts";
import { ridgeRegression } from "./regression.ts";
import {
  checkLabelRows,
  isLabelMatrix,
  type LabelRows,
  type Multilabeled,
} from "./label-matrix.ts";
import { trainClassifier } from "./train-classifier.ts";
import { trainMultilabel } from "./train-multilabel.ts";
import { type Resolved, resolveTrainOptions, type TrainHeadOptions } from "./train-options.ts";
import type { TrainingReport } from "./training-report.ts";

/**
 * Trains a head on labeled samples of a pool. The same input and seed give the same weights, bit
 * for bit on the same device.
 *
 * By default, a linear head is trained to the minimum of its objective: softmax regression with
 * `lbfgs` for classification, and `ridge` for regression, both as in scikit-learn. An MLP is
 * trained with mini-batches, by default with AdamW. A matrix of labels, `[n, K]` with 1 for every
 * class that a sample has, trains a head for several labels a sample: one logistic regression for
 * each class.
 *
 * @example An MLP learns what no linear head can
 * ```ts
 * import { arrayRows, openDevice, Pool, trainHead } from "@creel/creel";
 * import assert from "node:assert/strict";
 *
 * using device = await openDevice({ device: "cpu" });
 * using pool = await Pool.from(device, arrayRows("xor", [[0, 0], [0, 1], [1, 0], [1, 1]]));
 * using head = await trainHead(
 *   pool,
 *   { indices: [0, 1, 2, 3], labels: [0, 1, 1, 0] },
 *   { hidden: [16], learningRate: 0.05 },
 * );
 * const probabilities = await head.probabilities(pool); // [4, 2]
 * assert.ok(probabilities[1]! < 0.5 && probabilities[3]! > 0.5);
 * ```
 *
 * @param pool the features, `[n, d]`
 * @param samples the indices of the samples to train on, and their classes or values
 * @param options the kind of head, the optimizer and its options
 * @returns the head, the caller's to dispose
 * @throws {InputError} if the samples or an option are wrong, or the loss becomes infinite or NaN
 * @throws {DeviceError} if memory does not suffice
 * @throws the reason of the abort signal, if it was aborted
 */
export async function trainHead(
  pool: Pool,
  samples: Labeled | Multilabeled | Measured,
  options: TrainHeadOptions = {},
): Promise<Head> {
  const { device, columns, columnScale, unitRows } = pool;
  const { task = taskOf(samples) ?? "classification" } = options;
  if (task !== "classification" && task !== "multilabel" && task !== "regression") {
    throw new InputError(`Unknown task ${task}: use classification, multilabel or regression`);
  }
  const resolved = resolveTrainOptions(options, task);
  throwIfAborted(options.signal, device.signal);
  checkKnown(samples, task);
  if (resolved.optimizer === "lbfgs") {
    const { classes, C, tolerance, maxIterations, signal, onProgress, sliceMilliseconds } = options;
    const given = { classes, C, tolerance, maxIterations, signal, onProgress, sliceMilliseconds };
    return task === "multilabel"
      ? await trainMultilabel(pool, samples as Multilabeled, given)
      : await trainClassifier(pool, samples as Labeled, given);
  }
  const { known, outputs } = checked(samples, pool.rows, options.classes);
  const { parameters, report } = await fit(pool, known, outputs, resolved, options);
  const { hidden, activation } = resolved.optimizer === "batches"
    ? resolved.settings
    : { hidden: [], activation: "relu" as const };
  const widths = [columns, ...hidden, outputs];
  const description = { task, widths, activation, columnScale, unitRows, report };
  return new Head(device, parameters, description);
}

/** The task that the labels or targets are for; undefined without any. */
function taskOf(samples: Labeled | Multilabeled | Measured): Task | undefined {
  if ("targets" in samples) return "regression";
  if (!samples.labels) return undefined;
  return isLabelMatrix(samples.labels) ? "multilabel" : "classification";
}

/** Checks that the labels or targets are those of the task. */
function checkKnown(samples: Labeled | Multilabeled | Measured, task: Task): void {
  const found = taskOf(samples);
  if (found === task) return;
  if (found === "multilabel" && task === "classification") {
    throw new InputError(
      "Cannot train a head for classification on a matrix of labels: use the task multilabel",
    );
  }
  const needed = {
    classification: "labels",
    multilabel: "a matrix of labels, 0 or 1, a row for each sample and a column for each class",
    regression: "targets",
  };
  throw new InputError(`Cannot train a head for ${task} without ${needed[task]}`);
}

/** Checks the samples; returns them with the number of outputs of the head. */
function checked(
  samples: Labeled | Multilabeled | Measured,
  rows: number,
  classes: number | undefined,
): { known: Labeled | LabelRows | Measured; outputs: number } {
  if ("targets" in samples) return { known: samples, outputs: checkMeasured(samples, rows) };
  const { indices, labels } = samples;
  if (isLabelMatrix(labels)) {
    const known = checkLabelRows({ indices, labels }, rows, classes);
    return { known, outputs: known.classes };
  }
  const known = { indices, labels };
  return { known, outputs: checkLabeled(known, rows, classes) };
}

/** Computes the parameters `[size]` in the head's layout, the caller's to dispose. */
async function fit(
  pool: Pool,
  samples: Labeled | LabelRows | Measured,
  outputs: number,
  resolved: Exclude<Resolved, { readonly optimizer: "lbfgs" }>,
  recordingOptions: RecordingOptions,
): Promise<{ parameters: Tensor; report: TrainingReport }> {
  if (resolved.optimizer === "batches") {
    return await trainBatches(pool, samples, outputs, resolved.settings, recordingOptions);
  }
  using rows = gatherSamples(pool, samples.indices);
  const { targets } = samples as Measured;
  return {
    parameters: ridgeRegression(rows, targets, { m: outputs, C: resolved.C }),
    report: { optimizer: "ridge", iterations: 1, epochs: 1, bestEpoch: 1, losses: [] },
  };
}
