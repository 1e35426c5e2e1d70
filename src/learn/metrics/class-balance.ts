/**
 * Measures of how evenly a labeled set covers the classes.
 *
 * @module
 */

import { InputError } from "../../errors.ts";

/** Measures of how evenly a labeled set covers the classes. */
export interface ClassBalance {
  /** The number of samples of each class, `[K]`. */
  readonly counts: readonly number[];
  /**
   * `-sum_k q_k ln q_k / ln K` for the shares q of the classes: 1 for equal counts, 0 for a single
   * class; 1 if K = 1.
   */
  readonly entropy: number;
  /** The largest count divided by the smallest count of a class with samples, 1 or more. */
  readonly ratio: number;
  /** The share of the classes that have samples, 0 to 1. */
  readonly coverage: number;
}

/**
 * Measures how evenly labels cover the classes. Without labels the entropy is 0, the ratio 1 and
 * the coverage 0.
 *
 * @param labels `[n]`, whole numbers from 0 to K - 1
 * @param classes K
 * @throws {InputError} if K is not a whole number from 1, or a label is no class
 */
export function classBalance(labels: ArrayLike<number>, classes: number): ClassBalance {
  if (!Number.isSafeInteger(classes) || classes < 1) {
    throw new InputError(
      `Cannot measure the balance of ${classes} classes: it must be a whole number from 1 on`,
    );
  }
  const counts = new Array<number>(classes).fill(0);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new InputError(
        `Cannot measure label ${label} at position ${i}: labels are 0 to ${classes - 1}`,
      );
    }
    counts[label]!++;
  }
  const covered = counts.filter((count) => count > 0);
  if (covered.length === 0) return { counts, entropy: 0, ratio: 1, coverage: 0 };
  const entropy = covered.reduce((sum, count) => {
    const share = count / labels.length;
    return sum - share * Math.log(share);
  }, 0);
  return {
    counts,
    entropy: classes === 1 ? 1 : Math.min(1, entropy / Math.log(classes)),
    ratio: covered.reduce((a, b) => Math.max(a, b)) / covered.reduce((a, b) => Math.min(a, b)),
    coverage: covered.length / classes,
  };
}
