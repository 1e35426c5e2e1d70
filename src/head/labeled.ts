/**
 * Labeled samples, and what is checked of them.
 *
 * @module
 */

import { InputError } from "../errors.ts";

/** Which samples of a pool are labeled, and how. */
export interface Labeled {
  /** Indices into the pool, each once. */
  readonly indices: ArrayLike<number>;
  /** The class of each, from 0. */
  readonly labels: ArrayLike<number>;
}

/** Far above any real number of classes: a larger label is mistyped, or an identifier. */
const MOST_CLASSES = 1_000_000;

/**
 * Checks labeled samples.
 *
 * @param labeled the samples
 * @param rows n of the pool
 * @param classes K, if it is given
 * @returns K; where it is not given, the largest label plus 1
 * @throws {InputError} if there are none, an index is outside the pool or comes twice, or a label is
 * no class
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
