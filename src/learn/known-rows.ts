/**
 * Matrices of labels in `select`, which loads this module for them.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import type { LabelMatrix } from "../head/label-matrix.ts";
import { trainMultilabel } from "../head/train-multilabel.ts";
import { type KnownLabels, wrongCount } from "./known-labels.ts";

/**
 * Finds the labeled samples and their labels.
 *
 * @param labels a row for each sample of the pool, of -1 where the labels are unknown; or a row for
 * each entry of `labeled`
 * @param labeled the indices of the labeled samples. Default: those whose labels are known
 * @param rows the number of samples of the pool
 * @throws {InputError} if the number of rows is another one
 */
export function knownRows(
  labels: LabelMatrix,
  labeled: ArrayLike<number> | undefined,
  rows: number,
): KnownLabels {
  const matrix = rowsOfMatrix(labels);
  const whole = matrix.length === rows;
  if (!whole && matrix.length !== labeled?.length) {
    throw wrongCount("rows of labels", matrix, labeled, rows);
  }
  const known = (i: number) => Array.from(matrix[i]!).some((label) => label !== -1);
  const indices = labeled
    ? Array.from(labeled)
    : Array.from({ length: rows }, (_, i) => i).filter(known);
  const own = whole ? indices.map((i) => matrix[i]!) : matrix;
  return {
    indices,
    labels: undefined,
    train: (pool, options) => trainMultilabel(pool, { indices, labels: own }, options),
  };
}

/** The rows of a matrix of labels; their values are checked where a head is trained on them. */
function rowsOfMatrix(labels: LabelMatrix): readonly ArrayLike<number>[] {
  if (!("data" in labels)) return labels;
  const { data, columns } = labels;
  const count = data.length / columns;
  if (!Number.isInteger(count) || columns < 1) {
    throw new InputError(
      `Cannot use a matrix of ${data.length} labels with ${columns} columns: it needs whole rows`,
    );
  }
  const row = (i: number) => Array.from({ length: columns }, (_, k) => data[i * columns + k]!);
  return Array.from({ length: count }, (_, i) => row(i));
}
