/**
 * Metrics of class probabilities, computed in float64 from plain arrays on the host.
 *
 * K is always the number of probabilities divided by the number of labels. The predicted class is
 * the most probable one; ties go to the lowest class.
 *
 * @module
 */

import { InputError } from "../../errors.ts";

/**
 * Lower probabilities count as this one, so that one certain mistake does not make a mean infinite.
 */
const SMALLEST = 2 ** -52;

/**
 * Checks the shape of class scores and the labels.
 *
 * @param scores `[n, K]`, row-major
 * @param labels `[n]`, whole numbers from 0 to K - 1
 * @returns K
 * @throws {InputError} if there are no labels, the rows are not complete, or a label is no class
 */
export function classesOf(scores: ArrayLike<number>, labels: ArrayLike<number>): number {
  const rows = labels.length;
  if (rows === 0) throw new InputError("Cannot measure predictions without labels");
  const classes = scores.length / rows;
  if (!Number.isInteger(classes) || classes === 0) {
    throw new InputError(
      `Cannot measure ${scores.length} class scores against ${rows} labels: each label needs one ` +
        "score for each class",
    );
  }
  for (let i = 0; i < rows; i++) {
    const label = labels[i]!;
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new InputError(
        `Cannot measure label ${label} at position ${i}: labels are 0 to ${classes - 1}`,
      );
    }
  }
  return classes;
}

/**
 * The class with the largest score of one sample; ties go to the lowest class.
 *
 * @param scores `[n, K]`, row-major
 * @param i the index of the sample
 * @param classes K
 */
export function predictedClass(scores: ArrayLike<number>, i: number, classes: number): number {
  let best = 0;
  for (let k = 1; k < classes; k++) {
    if (scores[i * classes + k]! > scores[i * classes + best]!) best = k;
  }
  return best;
}

/**
 * The accuracy: the share of samples whose predicted class is the true one, 0 to 1.
 *
 * @example
 * ```ts
 * import { accuracy } from "@creel/creel/metrics";
 * import assert from "node:assert/strict";
 *
 * assert.equal(accuracy([0.9, 0.1, 0.4, 0.6, 0.7, 0.3, 0.2, 0.8], [0, 1, 1, 1]), 0.75);
 * ```
 *
 * @param probabilities `[n, K]`, row-major; logits give the same result
 * @param labels `[n]`, whole numbers from 0 to K - 1
 * @throws {InputError} if the shapes do not match or a label is no class
 */
export function accuracy(probabilities: ArrayLike<number>, labels: ArrayLike<number>): number {
  return topAccuracy(probabilities, labels, { top: 1 });
}

/**
 * The share of samples whose true class is among the `top` most probable classes, 0 to 1; ties go
 * to the lowest class. With K <= `top` it is 1.
 *
 * @param probabilities `[n, K]`, row-major; logits give the same result
 * @param labels `[n]`, whole numbers from 0 to K - 1
 * @param options `top`: the number of most probable classes. Default: 5
 * @throws {InputError} if the shapes do not match, a label is no class, or `top` is not a whole
 * number from 1
 */
export function topAccuracy(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  { top = 5 }: { top?: number } = {},
): number {
  const classes = classesOf(probabilities, labels);
  if (!Number.isInteger(top) || top < 1) {
    throw new InputError(
      `Cannot count the top ${top} classes: it must be a whole number from 1 on`,
    );
  }
  let hits = 0;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    const own = probabilities[i * classes + label]!;
    let before = 0;
    for (let k = 0; k < classes; k++) {
      const other = probabilities[i * classes + k]!;
      if (other > own || (other === own && k < label)) before++;
    }
    if (before < top) hits++;
  }
  return hits / labels.length;
}

/**
 * The confusion matrix: how many samples of each class were predicted as each class.
 *
 * @param probabilities `[n, K]`, row-major; logits give the same result
 * @param labels `[n]`, whole numbers from 0 to K - 1
 * @returns counts `[K, K]`, row-major: rows are true classes, columns predicted ones
 * @throws {InputError} if the shapes do not match or a label is no class
 */
export function confusionMatrix(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
): Uint32Array<ArrayBuffer> {
  const classes = classesOf(probabilities, labels);
  const counts = new Uint32Array(classes * classes);
  for (let i = 0; i < labels.length; i++) {
    counts[labels[i]! * classes + predictedClass(probabilities, i, classes)]!++;
  }
  return counts;
}

/**
 * The recall of each class: the share of its samples that were predicted as that class.
 *
 * @param probabilities `[n, K]`, row-major; logits give the same result
 * @param labels `[n]`, whole numbers from 0 to K - 1
 * @returns `[K]`, 0 to 1; NaN for a class without samples
 * @throws {InputError} if the shapes do not match or a label is no class
 */
export function classRecalls(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
): Float64Array<ArrayBuffer> {
  const counts = confusionMatrix(probabilities, labels);
  const classes = Math.sqrt(counts.length);
  return Float64Array.from({ length: classes }, (_, k) => {
    const row = counts.subarray(k * classes, (k + 1) * classes);
    return row[k]! / row.reduce((sum, count) => sum + count, 0);
  });
}

/**
 * The balanced accuracy: the mean recall of the classes that have samples, 0 to 1 (Brodersen et al.
 * 2010, "The Balanced Accuracy and Its Posterior Distribution"; `balanced_accuracy_score` of
 * scikit-learn).
 *
 * @param probabilities `[n, K]`, row-major; logits give the same result
 * @param labels `[n]`, whole numbers from 0 to K - 1
 * @throws {InputError} if the shapes do not match or a label is no class
 */
export function balancedAccuracy(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
): number {
  const present = classRecalls(probabilities, labels).filter((recall) => !Number.isNaN(recall));
  return present.reduce((sum, recall) => sum + recall, 0) / present.length;
}

/**
 * The mean negative log-likelihood: the mean of `-ln p_label`, in nats. A probability below 2.2e-16
 * counts as 2.2e-16, as in `log_loss` of scikit-learn.
 *
 * @param probabilities `[n, K]`, row-major
 * @param labels `[n]`, whole numbers from 0 to K - 1
 * @throws {InputError} if the shapes do not match or a label is no class
 */
export function negativeLogLikelihood(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
): number {
  const classes = classesOf(probabilities, labels);
  let sum = 0;
  for (let i = 0; i < labels.length; i++) {
    sum -= Math.log(Math.max(probabilities[i * classes + labels[i]!]!, SMALLEST));
  }
  return sum / labels.length;
}

/**
 * The Brier score: the mean over the samples of `sum_k (p_k - [k = label])^2`, 0 to 2 (Brier 1950,
 * "Verification of Forecasts Expressed in Terms of Probability", equation 2).
 *
 * @param probabilities `[n, K]`, row-major
 * @param labels `[n]`, whole numbers from 0 to K - 1
 * @throws {InputError} if the shapes do not match or a label is no class
 */
export function brierScore(probabilities: ArrayLike<number>, labels: ArrayLike<number>): number {
  const classes = classesOf(probabilities, labels);
  let sum = 0;
  for (let i = 0; i < labels.length; i++) {
    for (let k = 0; k < classes; k++) {
      sum += (probabilities[i * classes + k]! - (k === labels[i] ? 1 : 0)) ** 2;
    }
  }
  return sum / labels.length;
}
