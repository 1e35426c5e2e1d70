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
import { Head } from "./head.ts";
import {
  checkLabeled,
  checkMeasured,
  gatherSamples,
  type Labeled,
  type Measured,
} from "./labeled.ts";
import { trainBatches } from "./mini-batches.ts";
import { ridgeRegression } from "./regression.ts";
import { trainClassifier } from "./train-classifier.ts";
import { type Resolved, resolveTrainOptions, type TrainHeadOptions } from "./train-options.ts";
import type { TrainingReport } from "./training-report.ts";

/**
 * Trains a head on labeled samples of a pool. The same input and seed give the same weights, bit
 * for bit on the same device.
 *
 * By default, a linear head is trained to the minimum of its objective: softmax regression with
 * `lbfgs` for classification, and `ridge` for regression, both as in scikit-learn. An MLP is
 * trained with mini-batches, by default with AdamW.
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
  samples: Labeled | Measured,
  options: TrainHeadOptions = {},
): Promise<Head> {
  const { device, columns, columnScale, unitRows } = pool;
  const { task = "targets" in samples ? "regression" : "classification" } = options;
  if (task !== "classification" && task !== "regression") {
    throw new InputError(`Unknown task ${task}: use classification or regression`);
  }
  const resolved = resolveTrainOptions(options, task);
  throwIfAborted(options.signal, device.signal);
  if (task === "regression" ? !("targets" in samples) : !("labels" in samples)) {
    const needed = task === "regression" ? "targets" : "labels";
    throw new InputError(`Cannot train a head for ${task} without ${needed}`);
  }
  if (resolved.optimizer === "lbfgs") {
    const { classes, C, tolerance, maxIterations, signal, onProgress, sliceMilliseconds } = options;
    return await trainClassifier(pool, samples as Labeled, {
      classes,
      C,
      tolerance,
      maxIterations,
      signal,
      onProgress,
      sliceMilliseconds,
    });
  }
  const outputs = "labels" in samples
    ? checkLabeled(samples, pool.rows, options.classes)
    : checkMeasured(samples, pool.rows);
  const { parameters, report } = await fit(pool, samples, outputs, resolved, options);
  const { hidden, activation } = resolved.optimizer === "batches"
    ? resolved.settings
    : { hidden: [], activation: "relu" as const };
  const widths = [columns, ...hidden, outputs];
  const description = { task, widths, activation, columnScale, unitRows, report };
  return new Head(device, parameters, description);
}

/** Computes the parameters `[size]` in the head's layout, the caller's to dispose. */
async function fit(
  pool: Pool,
  samples: Labeled | Measured,
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
