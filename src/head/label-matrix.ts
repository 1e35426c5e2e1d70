/**
 * The labels of samples with several labels each: matrices of zeros and ones, and their checks.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import { checkLabeled, MOST_CLASSES } from "./labeled.ts";

/**
 * The labels of samples with several labels each, `[n, K]`: 1 for every class that a sample has, 0
 * for the others; a sample may have none. Row-major numbers with the number of classes, or an array
 * of rows.
 */
export type LabelMatrix =
  | { readonly data: ArrayLike<number>; readonly columns: number }
  | readonly ArrayLike<number>[];

/** Samples of a pool with several labels each. */
export interface Multilabeled {
  /** The indices of the samples in the pool, each once, `[n]`. */
  readonly indices: ArrayLike<number>;
  /** The labels, `[n, K]`, 1 or 0 for each class. */
  readonly labels: LabelMatrix;
}

/** Checked samples with several labels each. */
export interface LabelRows {
  /** The indices of the samples in the pool, `[n]`. */
  readonly indices: ArrayLike<number>;
  /** The labels, `[n, K]`, row-major, 0 or 1. */
  readonly rows: Uint8Array;
  /** The number of classes, K. */
  readonly classes: number;
}

/** Whether labels are a matrix, and not one class for each sample. */
export function isLabelMatrix(labels: LabelMatrix | ArrayLike<number>): labels is LabelMatrix {
  return "data" in labels || typeof labels[0] === "object";
}

/**
 * Checks samples with several labels each.
 *
 * @param labeled the samples
 * @param rows the number of samples of the pool
 * @param classes the number of classes, if it is given
 * @throws {InputError} if there are no samples, an index is outside the pool or occurs twice, the
 * matrix does not have a row for each index and a column for each class, or a label is not 0 or 1
 */
export function checkLabelRows(
  { indices, labels }: Multilabeled,
  rows: number,
  classes: number | undefined,
): LabelRows {
  const matrix = labelRows(labels);
  const count = indices.length;
  if (matrix.count !== count) {
    throw new InputError(
      `Cannot train on ${count} indices with ${matrix.count} rows of labels: each index needs one row`,
    );
  }
  checkLabeled({ indices, labels: new Uint8Array(count) }, rows, 1);
  if (classes !== undefined && classes !== matrix.classes) {
    throw new InputError(
      `Cannot train for ${classes} classes on labels of ${matrix.classes}: the matrix of labels ` +
        "needs one column for each class",
    );
  }
  return { indices, rows: matrix.rows, classes: matrix.classes };
}

/** The rows of a matrix of labels, checked. */
function labelRows(labels: LabelMatrix): { rows: Uint8Array; classes: number; count: number } {
  const nested = !("data" in labels);
  const classes = nested ? labels[0]?.length ?? 0 : labels.columns;
  const count = nested ? labels.length : labels.data.length / classes;
  const isWhole = Number.isSafeInteger(classes) && classes >= 1 && Number.isInteger(count);
  if (!isWhole || classes > MOST_CLASSES) {
    const found = nested ? `${classes}` : `${labels.data.length} numbers in ${classes}`;
    throw new InputError(
      `Cannot use a matrix of labels with ${found} columns: it needs whole rows of 1 to ` +
        `${MOST_CLASSES} columns, one for each class`,
    );
  }
  const rows = new Uint8Array(count * classes);
  for (let i = 0; i < count; i++) {
    const row = nested ? labels[i]! : undefined;
    if (row && row.length !== classes) {
      throw new InputError(
        `Cannot use a matrix of labels: row ${i} has ${row.length} columns, and row 0 has ${classes}`,
      );
    }
    for (let k = 0; k < classes; k++) {
      const label = row ? row[k] : (labels as { data: ArrayLike<number> }).data[i * classes + k];
      if (label !== 0 && label !== 1) {
        throw new InputError(
          `Cannot use label ${label} at row ${i}, column ${k}: a matrix of labels has 1 for each ` +
            "class of a sample and 0 for the others",
        );
      }
      rows[i * classes + k] = label;
    }
  }
  return { rows, classes, count };
}

/**
 * Returns the labels as bits, as the kernels read them.
 *
 * @param rows the labels, `[n, K]`, 0 or 1
 * @param classes the number of classes, K
 * @returns words `[n, ceil(K / 32)]`: the label of class k is bit k % 32 of word k / 32 of a row
 */
export function labelBits(rows: ArrayLike<number>, classes: number): Uint32Array {
  const count = rows.length / classes;
  const words = Math.ceil(classes / 32);
  const bits = new Uint32Array(count * words);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < classes; k++) {
      if (rows[i * classes + k]) bits[i * words + (k >>> 5)]! |= 1 << (k & 31);
    }
  }
  return bits;
}

/**
 * Returns the rarest class of each sample, or -1 for samples without a class. Parts that are
 * stratified by it have their share of rare classes (the idea of Sechidis et al. 2011, "On the
 * Stratification of Multi-Label Data").
 */
export function rarestClasses(
  { rows, classes }: Pick<LabelRows, "rows" | "classes">,
): Float64Array {
  const counts = new Float64Array(classes);
  rows.forEach((label, e) => counts[e % classes]! += label);
  return Float64Array.from({ length: rows.length / classes }, (_, i) => {
    let rarest = -1;
    for (let k = 0; k < classes; k++) {
      if (rows[i * classes + k] && !(counts[k]! >= (counts[rarest] ?? Infinity))) rarest = k;
    }
    return rarest;
  });
}
