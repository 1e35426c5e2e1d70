/**
 * Calibration of class probabilities, that is how well they match the frequencies of correct
 * predictions, and temperature scaling, which improves it (Guo et al. 2017, "On Calibration of
 * Modern Neural Networks").
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import { classesOf, predictedClass } from "./classification.ts";

/** One bin of a reliability diagram: the samples whose confidence lies in one interval. */
export interface CalibrationBin {
  /** The lower end of the interval `(low, high]`; the first interval includes 0. */
  readonly low: number;
  /** The upper end of the interval, which belongs to it. */
  readonly high: number;
  /** The number of samples. */
  readonly count: number;
  /** The mean of their largest probabilities; 0 if there are no samples. */
  readonly confidence: number;
  /** The share of the samples whose predicted class is correct; 0 if there are no samples. */
  readonly accuracy: number;
}

/**
 * Groups samples by confidence (the largest probability) into intervals of equal width.
 *
 * @param probabilities `[n, K]`, row-major
 * @param labels `[n]`, whole numbers from 0 to K - 1
 * @param options `bins`: the number of intervals. Default: 15
 * @throws {InputError} if the shapes do not match, a label is no class, or `bins` is not a whole
 * number from 1
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
 * et al. 2017, equation 3, also with 15 intervals of equal width).
 *
 * @example Four predictions with confidence 0.75 that are right in half of the cases
 * ```ts
 * import { expectedCalibrationError } from "@creel/creel/metrics";
 * import assert from "node:assert/strict";
 *
 * const probabilities = [0.75, 0.25, 0.75, 0.25, 0.75, 0.25, 0.75, 0.25];
 * assert.equal(expectedCalibrationError(probabilities, [0, 0, 1, 1]), 0.25);
 * ```
 *
 * @param probabilities `[n, K]`, row-major
 * @param labels `[n]`, whole numbers from 0 to K - 1
 * @param options `bins`: the number of intervals. Default: 15
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

/** The lowest temperature that is returned. */
const COLDEST = 0.01;
/** The highest temperature that is returned. */
const HOTTEST = 100;

/**
 * Fits the temperature T that minimizes the negative log-likelihood of `softmax(logits / T)` (Guo
 * et al. 2017, section 4.2), on samples that the head was not trained on. The objective is convex
 * in 1/T, and so bisection of its derivative finds the minimum.
 *
 * @example Logits that are too confident
 * ```ts
 * import { fitTemperature, scaleTemperature } from "@creel/creel/metrics";
 * import assert from "node:assert/strict";
 *
 * const logits = [4, 0, 4, 0, 4, 0, 4, 0];
 * const temperature = fitTemperature(logits, [0, 0, 0, 1]);
 * const [first] = scaleTemperature(logits, 2, { temperature });
 * assert.ok(temperature > 1);
 * assert.ok(Math.abs(first! - 0.75) < 1e-6);
 * ```
 *
 * @param logits `[n, K]`, row-major
 * @param labels `[n]`, whole numbers from 0 to K - 1
 * @returns T, limited to 0.01 .. 100: for separable data the minimum is at T = 0, and for
 * predictions no better than chance at infinity. 1 if all temperatures are equally good
 * @throws {InputError} if the shapes do not match, a label is no class, or a logit is not finite
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
  // Each round takes the root of the ratio: 60 rounds bring 1e4 below the rounding of float64.
  for (let round = 0; round < 60; round++) {
    const middle = Math.sqrt(low * high);
    if (slope(logits, labels, classes, middle) > 0) high = middle;
    else low = middle;
  }
  return 1 / Math.sqrt(low * high);
}

/**
 * Converts logits to class probabilities with a temperature: `softmax(logits / T)`.
 *
 * @param logits `[n, K]`, row-major
 * @param classes K
 * @param options `temperature`: T, above 0. Default: 1
 * @returns probabilities `[n, K]`, row-major
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

/**
 * The derivative of the mean negative log-likelihood with respect to 1/T: the mean of `E_p[z] -
 * z_label`.
 */
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
