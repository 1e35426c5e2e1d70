/**
 * How well class probabilities fit the true classes. Everything here is plain float64 arithmetic on
 * arrays, for the device's results once they are read back.
 *
 * K is always the number of probabilities divided by the number of labels. The predicted class is
 * the most probable; ties go to the lowest class.
 *
 * @module
 */

import { InputError } from "../../errors.ts";

/**
 * Probabilities below this count as this, so that one certain mistake does not make a mean
 * infinite.
 */
const SMALLEST = 2 ** -52;

/**
 * Checks rows of class scores against labels.
 *
 * @param scores `[n, K]`, row-major
 * @param labels `[n]`, classes from 0
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

/** The place of the largest score of row i; ties go to the lowest. */
export function predictedClass(scores: ArrayLike<number>, i: number, classes: number): number {
  let best = 0;
  for (let k = 1; k < classes; k++) {
    if (scores[i * classes + k]! > scores[i * classes + best]!) best = k;
  }
  return best;
}

/**
 * The share of samples whose predicted class is the true one, 0 to 1.
 *
 * @param probabilities `[n, K]`, row-major; logits do as well
 * @param labels `[n]`, classes from 0
 * @throws {InputError} if the shapes do not fit or a label is no class
 */
export function accuracy(probabilities: ArrayLike<number>, labels: ArrayLike<number>): number {
  return topAccuracy(probabilities, labels, { top: 1 });
}

/**
 * The share of samples whose true class is among the `top` most probable ones, 0 to 1. Of equal
 * probabilities the lower class stands first. With K <= top it is 1.
 *
 * @param probabilities `[n, K]`, row-major; logits do as well
 * @param labels `[n]`, classes from 0
 * @param options how many classes count. Default 5
 * @throws {InputError} if the shapes do not fit, a label is no class, or `top` is not a whole
 * number from 1 on
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
 * How often each class was taken for each.
 *
 * @param probabilities `[n, K]`, row-major; logits do as well
 * @param labels `[n]`, classes from 0
 * @returns counts `[K, K]`, row-major: the row is the true class, the column the predicted one
 * @throws {InputError} if the shapes do not fit or a label is no class
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
 * The share of each class's samples that were predicted as that class.
 *
 * @param probabilities `[n, K]`, row-major; logits do as well
 * @param labels `[n]`, classes from 0
 * @returns `[K]`, 0 to 1; NaN for a class without samples
 * @throws {InputError} if the shapes do not fit or a label is no class
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
 * The mean recall of the classes that have samples, 0 to 1 (Brodersen et al. 2010, "The Balanced
 * Accuracy and Its Posterior Distribution"; scikit-learn's `balanced_accuracy_score`).
 *
 * @param probabilities `[n, K]`, row-major; logits do as well
 * @param labels `[n]`, classes from 0
 * @throws {InputError} if the shapes do not fit or a label is no class
 */
export function balancedAccuracy(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
): number {
  const present = classRecalls(probabilities, labels).filter((recall) => !Number.isNaN(recall));
  return present.reduce((sum, recall) => sum + recall, 0) / present.length;
}

/**
 * The mean of `-ln p_label`, in nats. A probability below 2.2e-16 counts as 2.2e-16, as in
 * scikit-learn's `log_loss`.
 *
 * @param probabilities `[n, K]`, row-major
 * @param labels `[n]`, classes from 0
 * @throws {InputError} if the shapes do not fit or a label is no class
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
 * The mean over samples of `sum_k (p_k - [k = label])^2`, 0 to 2 (Brier 1950, "Verification of
 * Forecasts Expressed in Terms of Probability", equation 2).
 *
 * @param probabilities `[n, K]`, row-major
 * @param labels `[n]`, classes from 0
 * @throws {InputError} if the shapes do not fit or a label is no class
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
