/**
 * Matrices of labels for `select`, which loads this module for them outside of bundles.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import type { LabelMatrix } from "../head/label-matrix.ts";
import { trainMultilabel } from "../head/train-multilabel.ts";
import { type KnownLabels, type SeveralLabels, wrongCount } from "./known-labels.ts";

/**
 * Makes a matrix of labels into a value that `select` takes in bundles, too, which have the code
 * for it only if they import this function. Elsewhere `select` takes the matrix itself.
 *
 * @example
 * ```ts
 * import { margin, select, severalLabels } from "@creel/creel";
 * import assert from "node:assert/strict";
 *
 * const { picks } = await select({
 *   features: { data: Float32Array.of(-2, -1, 0.1, 1, 2), columns: 1 },
 *   labeled: [0, 4],
 *   labels: severalLabels([[1, 0], [1, 1]]), // two classes; both samples have the first
 *   strategy: margin,
 *   budget: 1,
 * });
 * assert.deepEqual(picks, [2]);
 * ```
 *
 * @param matrix the labels, `[n, K]`: a row for each sample of the pool, of -1 where the labels are
 * unknown, or a row for each labeled sample
 * @throws {InputError} if the numbers are not whole rows
 */
export function severalLabels(matrix: LabelMatrix): SeveralLabels {
  const all = rowsOfMatrix(matrix);
  return {
    data: all.flatMap((row) => Array.from(row)),
    columns: all[0]?.length ?? 0,
    known: (labeled, rows) => knownRows(all, labeled, rows),
  };
}

/** Finds the labeled samples of a pool and their labels. */
function knownRows(
  matrix: readonly ArrayLike<number>[],
  labeled: ArrayLike<number> | undefined,
  rows: number,
): KnownLabels {
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
