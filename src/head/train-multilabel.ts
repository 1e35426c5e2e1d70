/**
 * Training of linear heads for several labels a sample.
 *
 * @module
 */

import { checkNames } from "../check-names.ts";
import { sigmoidResidual } from "../kernels/head/sigmoid-residual.ts";
import type { Pool } from "../pool/pool.ts";
import type { Head } from "./head.ts";
import { checkLabelRows, labelBits, type Multilabeled } from "./label-matrix.ts";
import { CLASSIFIER_OPTIONS, fitLinear, type TrainClassifierOptions } from "./train-classifier.ts";

/**
 * Trains a linear head for several labels a sample with L-BFGS, as `trainHead` does by default for
 * a matrix of labels; programs that need no other heads import less code with it.
 *
 * The minimum is that of one logistic regression for each class (scikit-learn's
 * `OneVsRestClassifier(LogisticRegression(C))`). A class that all samples have, or none, gets
 * probabilities that differ from 1 or 0 by at most about the tolerance.
 *
 * @example
 * ```ts
 * import { arrayRows, openDevice, Pool } from "@creel/creel";
 * import { trainMultilabel } from "@creel/creel/heads";
 * import assert from "node:assert/strict";
 *
 * using device = await openDevice({ device: "cpu" });
 * using pool = await Pool.from(device, arrayRows("features", [[-1, 1], [0, 1], [1, -1]]));
 * using head = await trainMultilabel(pool, { indices: [0, 2], labels: [[1, 1], [1, 0]] });
 * const [first, second] = await head.probabilities([[-1, 1]]);
 * assert.ok(first! > 0.99 && second! > 0.5);
 * ```
 *
 * @param pool the features, `[n, d]`
 * @param labeled the indices of the labeled samples, and their labels, `[n, K]`, 0 or 1
 * @param options the strength of the penalty, the number of classes, and when to stop
 * @returns the head, the caller's to dispose
 * @throws {InputError} if the samples or an option are wrong
 * @throws {DeviceError} if memory does not suffice
 */
export async function trainMultilabel(
  pool: Pool,
  labeled: Multilabeled,
  options: TrainClassifierOptions = {},
): Promise<Head> {
  checkNames("trainMultilabel", options, CLASSIFIER_OPTIONS);
  const { indices, rows, classes } = checkLabelRows(labeled, pool.rows, options.classes);
  const labels = labelBits(rows, classes);
  const residual = sigmoidResidual;
  return await fitLinear(pool, { indices, labels, classes, task: "multilabel", residual }, options);
}
