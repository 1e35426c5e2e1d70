/**
 * Whether probabilities mean what they say, and temperature scaling, which makes them (Guo et al.
 * 2017, "On Calibration of Modern Neural Networks").
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import { classesOf, predictedClass } from "./classification.ts";

/** Samples whose confidence lies in one interval: a bar of a reliability diagram. */
export interface CalibrationBin {
  /** The interval is `(low, high]`; the first one includes 0. */
  readonly low: number;
  /** Its upper end, which belongs to it. */
  readonly high: number;
  /** How many samples. */
  readonly count: number;
  /** The mean of their largest probabilities; 0 without samples. */
  readonly confidence: number;
  /** The share of them that is predicted correctly; 0 without samples. */
  readonly accuracy: number;
}

/**
 * Samples by confidence (the largest probability), in intervals of equal width.
 *
 * @param probabilities `[n, K]`, row-major
 * @param labels `[n]`, classes from 0
 * @param options the number of intervals. Default 15
 * @throws {InputError} if the shapes do not fit, a label is no class, or `bins` is not a whole
 * number from 1 on
 */
export function calibrationBins(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  { bins = 15 }: { bins?: number } = {},
): CalibrationBin[] {
  const classes = classesOf(probabilities, labels);
  if (!Number.isInteger(bins) || bins < 1) {
    throw new InputError(`Cannot use ${bins} bins: it must be a whole number from 1 on`);
  }
  const found = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, hits: 0 }));
  for (let i = 0; i < labels.length; i++) {
    const predicted = predictedClass(probabilities, i, classes);
    const confidence = probabilities[i * classes + predicted]!;
    const place = Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1));
    const bin = found[place]!;
    bin.count++;
    bin.confidence += confidence;
    if (predicted === labels[i]) bin.hits++;
  }
  return found.map(({ count, confidence, hits }, place) => ({
    low: place / bins,
    high: (place + 1) / bins,
    count,
    confidence: count > 0 ? confidence / count : 0,
    accuracy: count > 0 ? hits / count : 0,
  }));
}

/**
 * The expected calibration error, `sum_b |B_b| / n |accuracy(B_b) - confidence(B_b)|`, 0 to 1 (Guo
 * et al. 2017, equation 3; 15 intervals of equal width, as there).
 *
 * @param probabilities `[n, K]`, row-major
 * @param labels `[n]`, classes from 0
 * @param options the number of intervals. Default 15
 * @throws {InputError} as {@linkcode calibrationBins} does
 */
export function expectedCalibrationError(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  options: { bins?: number } = {},
): number {
  return calibrationBins(probabilities, labels, options).reduce(
    (sum, { count, confidence, accuracy }) => sum + count * Math.abs(accuracy - confidence),
    0,
  ) / labels.length;
}

/** Temperatures outside this range are cut to it. */
const COLDEST = 0.01;
const HOTTEST = 100;

/**
 * The temperature T that minimizes the negative log-likelihood of `softmax(logits / T)` (Guo et al.
 * 2017, section 4.2). To be fitted on samples that were not trained on. The objective is convex in
 * 1/T, so bisection of its derivative finds the minimum.
 *
 * @param logits `[n, K]`, row-major
 * @param labels `[n]`, classes from 0
 * @returns T, within 0.01 .. 100: separable data has its minimum at T = 0, predictions no better
 * than chance at infinity. 1 where every temperature is as good
 * @throws {InputError} if the shapes do not fit, a label is no class, or a logit is not finite
 */
export function fitTemperature(logits: ArrayLike<number>, labels: ArrayLike<number>): number {
  const classes = classesOf(logits, labels);
  checkFinite(logits);
  let low = 1 / HOTTEST;
  let high = 1 / COLDEST;
  if (slope(logits, labels, classes, low) === 0 && slope(logits, labels, classes, high) === 0) {
    return 1;
  }
  if (slope(logits, labels, classes, low) >= 0) return HOTTEST;
  if (slope(logits, labels, classes, high) <= 0) return COLDEST;
  // Halves the ratio: 60 rounds bring a factor of 1e4 below the rounding of float64.
  for (let round = 0; round < 60; round++) {
    const middle = Math.sqrt(low * high);
    if (slope(logits, labels, classes, middle) > 0) high = middle;
    else low = middle;
  }
  return 1 / Math.sqrt(low * high);
}

/**
 * `softmax(logits / T)`.
 *
 * @param logits `[n, K]`, row-major
 * @param classes K
 * @param options T. Default 1
 * @returns probabilities `[n, K]`
 * @throws {InputError} if the rows are not complete, a logit is not finite, or T is not positive
 */
export function scaleTemperature(
  logits: ArrayLike<number>,
  classes: number,
  { temperature = 1 }: { temperature?: number } = {},
): Float64Array<ArrayBuffer> {
  if (!Number.isInteger(classes) || classes < 1 || logits.length % classes !== 0) {
    throw new InputError(
      `Cannot scale ${logits.length} logits: they are not whole rows of ${classes} classes`,
    );
  }
  if (!(temperature > 0 && temperature < Infinity)) {
    throw new InputError(`Cannot scale by temperature ${temperature}: it must be positive`);
  }
  checkFinite(logits);
  const scaled = new Float64Array(logits.length);
  for (let at = 0; at < logits.length; at += classes) {
    softmax(logits, at, classes, 1 / temperature, scaled.subarray(at, at + classes));
  }
  return scaled;
}

/** The derivative of the mean negative log-likelihood by 1/T: the mean of `E_p[z] - z_label`. */
function slope(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
  inverse: number,
): number {
  const p = new Float64Array(classes);
  let sum = 0;
  for (let i = 0; i < labels.length; i++) {
    const at = i * classes;
    softmax(logits, at, classes, inverse, p);
    const label = logits[at + labels[i]!]!;
    for (let k = 0; k < classes; k++) sum += p[k]! * (logits[at + k]! - label);
  }
  return sum / labels.length;
}

function softmax(
  logits: ArrayLike<number>,
  at: number,
  classes: number,
  inverse: number,
  out: Float64Array,
): void {
  let top = -Infinity;
  for (let k = 0; k < classes; k++) top = Math.max(top, logits[at + k]!);
  let sum = 0;
  for (let k = 0; k < classes; k++) sum += out[k] = Math.exp((logits[at + k]! - top) * inverse);
  for (let k = 0; k < classes; k++) out[k]! /= sum;
}

function checkFinite(logits: ArrayLike<number>): void {
  for (let e = 0; e < logits.length; e++) {
    if (Number.isFinite(logits[e])) continue;
    throw new InputError(`Cannot use logit ${logits[e]} at position ${e}: it must be finite`);
  }
}
