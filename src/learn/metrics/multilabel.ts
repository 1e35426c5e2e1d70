/**
 * Metrics of samples with several labels each, computed in float64 from plain arrays on the host.
 *
 * Labels are `[n, K]`, row-major, 1 for every class that a sample has and 0 for the others. A class
 * is predicted where its probability is at least the threshold, 0.5 unless given.
 *
 * @module
 */

import { InputError } from "../../errors.ts";

/** The shape of predictions for several labels a sample, and when a class is predicted. */
export interface MultilabelOptions {
  /** The number of classes, K. */
  readonly classes: number;
  /** The probability from which on a class is predicted. Default: 0.5. */
  readonly threshold?: number | undefined;
}

/** How often a class was predicted rightly and wrongly. */
interface Counts {
  /** The samples that have the class and for which it was predicted. */
  readonly right: number;
  /** The samples for which it was predicted. */
  readonly predicted: number;
  /** The samples that have it. */
  readonly present: number;
}

/**
 * The Hamming loss: the share of all `n K` labels that are predicted wrongly, 0 to 1
 * (`hamming_loss` of scikit-learn).
 *
 * @example
 * ```ts
 * import { hammingLoss } from "@creel/creel/metrics";
 * import assert from "node:assert/strict";
 *
 * // Two samples and two classes: the second class of the first sample is missed.
 * assert.equal(hammingLoss([0.9, 0.2, 0.1, 0.7], [1, 1, 0, 1], { classes: 2 }), 0.25);
 * ```
 *
 * @param probabilities `[n, K]`, row-major
 * @param labels `[n, K]`, row-major, 0 or 1
 * @param options the number of classes and the threshold
 * @throws {InputError} if the shapes do not match or a label is not 0 or 1
 */
export function hammingLoss(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  { classes, threshold = 0.5 }: MultilabelOptions,
): number {
  checkLabelShape(probabilities, labels, classes);
  let wrong = 0;
  for (let e = 0; e < labels.length; e++) {
    if (Number(probabilities[e]! >= threshold) !== labels[e]) wrong++;
  }
  return wrong / labels.length;
}

/**
 * The subset accuracy: the share of samples all of whose K labels are predicted rightly, 0 to 1
 * (`accuracy_score` of scikit-learn for a matrix of labels).
 *
 * @param probabilities `[n, K]`, row-major
 * @param labels `[n, K]`, row-major, 0 or 1
 * @param options the number of classes and the threshold
 * @throws {InputError} if the shapes do not match or a label is not 0 or 1
 */
export function subsetAccuracy(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  { classes, threshold = 0.5 }: MultilabelOptions,
): number {
  const rows = checkLabelShape(probabilities, labels, classes);
  let right = 0;
  for (let i = 0; i < rows; i++) {
    let same = true;
    for (let e = i * classes; e < (i + 1) * classes; e++) {
      same &&= Number(probabilities[e]! >= threshold) === labels[e];
    }
    if (same) right++;
  }
  return right / rows;
}

/**
 * The micro-averaged F1: `2 tp / (2 tp + fp + fn)` with the counts of all classes together, 0 to 1
 * (`f1_score(average="micro")` of scikit-learn); 0 if no label is 1 and none is predicted.
 *
 * @param probabilities `[n, K]`, row-major
 * @param labels `[n, K]`, row-major, 0 or 1
 * @param options the number of classes and the threshold
 * @throws {InputError} if the shapes do not match or a label is not 0 or 1
 */
export function microF1(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  options: MultilabelOptions,
): number {
  const counts = classCounts(probabilities, labels, options);
  const sum = (name: keyof Counts) => counts.reduce((all, count) => all + count[name], 0);
  return f1({ right: sum("right"), predicted: sum("predicted"), present: sum("present") });
}

/**
 * The macro-averaged F1: the mean over all K classes of the F1 of each, 0 to 1
 * (`f1_score(average="macro")` of scikit-learn). A class that no sample has and that is never
 * predicted counts as 0, as there.
 *
 * @param probabilities `[n, K]`, row-major
 * @param labels `[n, K]`, row-major, 0 or 1
 * @param options the number of classes and the threshold
 * @throws {InputError} if the shapes do not match or a label is not 0 or 1
 */
export function macroF1(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  options: MultilabelOptions,
): number {
  const counts = classCounts(probabilities, labels, options);
  return counts.reduce((sum, count) => sum + f1(count), 0) / counts.length;
}

/**
 * The average precision of each class: `sum_t (R_t - R_(t-1)) P_t` over its distinct scores t, from
 * the largest on, with the precision P and the recall R of the samples that score t or more
 * (`average_precision_score` of scikit-learn).
 *
 * @param scores `[n, K]`, row-major: probabilities, or logits, which give the same result
 * @param labels `[n, K]`, row-major, 0 or 1
 * @param options the number of classes
 * @returns `[K]`, 0 to 1; NaN for a class that no sample has
 * @throws {InputError} if the shapes do not match or a label is not 0 or 1
 */
export function averagePrecisions(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  { classes }: Pick<MultilabelOptions, "classes">,
): Float64Array<ArrayBuffer> {
  const rows = checkLabelShape(scores, labels, classes);
  const order = Uint32Array.from({ length: rows }, (_, i) => i);
  return Float64Array.from({ length: classes }, (_, k) => {
    const scoreOf = (i: number) => scores[i * classes + k]!;
    order.sort((a, b) => scoreOf(b) - scoreOf(a));
    let right = 0;
    let counted = 0;
    let sum = 0;
    for (let at = 0; at < rows; at++) {
      right += labels[order[at]! * classes + k]!;
      // Samples with equal scores are counted at once.
      if (at + 1 < rows && scoreOf(order[at]!) === scoreOf(order[at + 1]!)) continue;
      sum += (right - counted) * right / (at + 1);
      counted = right;
    }
    return sum / right;
  });
}

/**
 * The mean average precision (mAP): the mean of {@linkcode averagePrecisions} over the classes that
 * at least one sample has, 0 to 1.
 *
 * @param scores `[n, K]`, row-major: probabilities, or logits, which give the same result
 * @param labels `[n, K]`, row-major, 0 or 1
 * @param options the number of classes
 * @returns the mean; NaN if no sample has a class
 * @throws {InputError} if the shapes do not match or a label is not 0 or 1
 */
export function meanAveragePrecision(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  options: Pick<MultilabelOptions, "classes">,
): number {
  const known = averagePrecisions(scores, labels, options).filter((ap) => !Number.isNaN(ap));
  return known.reduce((sum, ap) => sum + ap, 0) / known.length;
}

function f1({ right, predicted, present }: Counts): number {
  return predicted + present === 0 ? 0 : 2 * right / (predicted + present);
}

/** The counts of each class. */
function classCounts(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  { classes, threshold = 0.5 }: MultilabelOptions,
): Counts[] {
  const rows = checkLabelShape(probabilities, labels, classes);
  return Array.from({ length: classes }, (_, k) => {
    const counts = { right: 0, predicted: 0, present: 0 };
    for (let e = k; e < rows * classes; e += classes) {
      const predicted = Number(probabilities[e]! >= threshold);
      counts.predicted += predicted;
      counts.present += labels[e]!;
      counts.right += predicted * labels[e]!;
    }
    return counts;
  });
}

/** Checks the shape of predictions and labels; returns the number of samples. */
function checkLabelShape(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): number {
  if (!Number.isSafeInteger(classes) || classes < 1) {
    throw new InputError(
      `Cannot measure ${classes} classes: it must be a whole number from 1 on`,
    );
  }
  const rows = labels.length / classes;
  if (scores.length !== labels.length || !Number.isInteger(rows) || rows === 0) {
    throw new InputError(
      `Cannot measure ${scores.length} class scores against ${labels.length} labels of ${classes} ` +
        "classes: each sample needs one score and one label for each class",
    );
  }
  for (let e = 0; e < labels.length; e++) {
    if (labels[e] === 0 || labels[e] === 1) continue;
    throw new InputError(
      `Cannot measure label ${labels[e]} of sample ${Math.floor(e / classes)}, class ` +
        `${e % classes}: it is 1 for each class of a sample and 0 for the others`,
    );
  }
  return rows;
}
