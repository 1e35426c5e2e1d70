/**
 * Labeled samples: indices into a pool with classes or values, and their checks.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import type { Pool } from "../pool/pool.ts";

/** Labeled samples of a pool, for classification. */
export interface Labeled {
  /** The indices of the samples in the pool, each once, `[n]`. */
  readonly indices: ArrayLike<number>;
  /** The class of each sample, from 0, `[n]`. */
  readonly labels: ArrayLike<number>;
}

/** Samples of a pool with known values, for regression. */
export interface Measured {
  /** The indices of the samples in the pool, each once, `[n]`. */
  readonly indices: ArrayLike<number>;
  /** The values of each sample, `[n, m]`, row-major. */
  readonly targets: ArrayLike<number>;
}

/** The largest number of classes: larger labels are probably typing errors or identifiers. */
export const MOST_CLASSES = 1_000_000;

/**
 * The largest number of classes that labels alone may say there are, however few the labels: more
 * than ImageNet-21k has, the largest set of classes in wide use, with 21,841.
 */
const PLAUSIBLE_CLASSES = 32_768;

/** The largest number of classes for each labeled sample, beyond that. */
const CLASSES_PER_LABEL = 100;

/**
 * Checks a label where the number of classes is not given but follows from the largest label. One
 * stray number, such as an identifier, would make a head with a row of weights for every number up
 * to it.
 *
 * @param label the label, a whole number from 0
 * @param count the number of labeled samples
 * @param what says what cannot be done, the start of the message
 * @throws {InputError} if the label is 32768 or more, and 100 times the number of labeled samples
 * or more
 */
export function checkPlausible(label: number, count: number, what: string): void {
  const most = Math.max(PLAUSIBLE_CLASSES, CLASSES_PER_LABEL * count);
  if (label < most) return;
  throw new InputError(
    `${what}: it would make ${label + 1} classes for ${count} labeled sample` +
      `${count === 1 ? "" : "s"}, where labels are below ${most}, so number the classes from 0`,
  );
}

/** The largest absolute value of a target, which float32 can represent. */
const LARGEST_TARGET = 3.4e38;

/**
 * Checks labeled samples.
 *
 * @param labeled the samples
 * @param rows the number of samples of the pool
 * @param classes the number of classes, if it is given
 * @returns the number of classes; if it is not given, the largest label plus 1
 * @throws {InputError} if there are no samples, an index is outside the pool or occurs twice, or a
 * label is not a class
 */
export function checkLabeled(
  { indices, labels }: Labeled,
  rows: number,
  classes: number | undefined,
): number {
  const count = indices.length;
  if (classes !== undefined && !(Number.isSafeInteger(classes) && classes >= 1)) {
    throw new InputError(
      `Cannot train for ${classes} classes: it must be a whole number from 1 on`,
    );
  }
  if (count !== labels.length) {
    throw new InputError(
      `Cannot train on ${count} indices with ${labels.length} labels: each index needs one label`,
    );
  }
  if (count === 0) throw new InputError("Cannot train on no labels: at least 1 is needed");
  const seen = new Map<number, number>();
  let largest = 0;
  for (let at = 0; at < count; at++) {
    const index = indices[at]!;
    const label = labels[at]!;
    if (!Number.isInteger(index) || index < 0 || index >= rows) {
      throw new InputError(
        `Cannot train on index ${index} at position ${at}: the pool's indices are 0 to ${rows - 1}`,
      );
    }
    const before = seen.get(index);
    if (before !== undefined) {
      throw new InputError(
        `Cannot train on index ${index} at position ${at}: it stands at position ${before} already`,
      );
    }
    seen.set(index, at);
    if (!Number.isSafeInteger(label) || label < 0 || label >= (classes ?? Infinity)) {
      const allowed = classes === undefined ? "whole numbers from 0 on" : `0 to ${classes - 1}`;
      throw new InputError(
        `Cannot train on label ${label} of sample ${index} at position ${at}: labels are ${allowed}`,
      );
    }
    if (classes === undefined) {
      const what = `Cannot train on label ${label} of sample ${index} at position ${at}`;
      checkPlausible(label, count, what);
    }
    if (label >= MOST_CLASSES) {
      throw new InputError(
        `Cannot train on label ${label} of sample ${index} at position ${at}: classes are numbered ` +
          `from 0, and there can be ${MOST_CLASSES}`,
      );
    }
    largest = Math.max(largest, label);
  }
  return classes ?? largest + 1;
}

/**
 * Checks samples with known values.
 *
 * @param measured the samples
 * @param rows the number of samples of the pool
 * @returns the number of values per sample, m
 * @throws {InputError} if there are no samples, an index is outside the pool or occurs twice, or
 * the number of targets is not a multiple of the number of samples
 */
export function checkMeasured({ indices, targets }: Measured, rows: number): number {
  const count = indices.length;
  checkLabeled({ indices, labels: new Uint8Array(count) }, rows, 1);
  const m = targets.length / count;
  if (!Number.isInteger(m) || m === 0) {
    throw new InputError(
      `Cannot train on ${count} indices with ${targets.length} targets: each index needs as many`,
    );
  }
  for (let e = 0; e < targets.length; e++) {
    if (Math.abs(targets[e]!) <= LARGEST_TARGET) continue;
    throw new InputError(
      `Cannot train on target ${targets[e]} at position ${e}: it must be a finite float32 number`,
    );
  }
  return m;
}

/** Creates a pool of the samples with the given indices, the caller's to dispose. */
export function gatherSamples(pool: Pool, indices: ArrayLike<number>): Pool {
  const count = indices.length;
  using index = pool.device.tensor("samples to train on", [count], "u32", indices);
  return pool.gather(index, count);
}
