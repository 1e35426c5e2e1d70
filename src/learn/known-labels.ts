/**
 * The labels that `select` gets, in all their forms.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import type { Head } from "../head/head.ts";
import { isLabelMatrix, type LabelMatrix } from "../head/label-matrix.ts";
import { trainClassifier, type TrainClassifierOptions } from "../head/train-classifier.ts";
import { loadBeside } from "../load-beside.ts";
import type { Pool } from "../pool/pool.ts";

/** The labeled samples of a pool, and the way to train a head on them. */
export interface KnownLabels {
  /** Their indices. */
  readonly indices: readonly number[];
  /** Their classes; undefined if they have several labels each. */
  readonly labels: readonly number[] | undefined;
  /** Trains a linear head on them, the caller's to dispose. */
  train(pool: Pool, options: TrainClassifierOptions): Promise<Head>;
}

/** A matrix of labels that knows how to train a head; `severalLabels` makes it. */
export interface SeveralLabels {
  /** The labels, `[n, K]`, row-major. */
  readonly data: ArrayLike<number>;
  /** The number of classes, K. */
  readonly columns: number;
  /** Finds the labeled samples and their labels, in a pool of so many rows. */
  readonly known: (labeled: ArrayLike<number> | undefined, rows: number) => KnownLabels;
}

/** The module `several-labels.ts`. */
interface MatrixModule {
  /** Makes a matrix of labels into one that can train a head. */
  severalLabels(matrix: LabelMatrix): SeveralLabels;
}

/**
 * Finds the labeled samples and their labels.
 *
 * @param labels a class, or a row of a matrix of labels, for each sample of the pool or each entry
 * of `labeled`
 * @param labeled the indices of the labeled samples. Default: those whose labels are known
 * @param rows the number of samples of the pool
 * @throws {InputError} if the number of labels is another one, or there is a matrix in a bundle
 */
export async function knownLabels(
  labels: ArrayLike<number> | LabelMatrix | SeveralLabels,
  labeled: ArrayLike<number> | undefined,
  rows: number,
): Promise<KnownLabels> {
  if (isLabelMatrix(labels)) {
    if ("known" in labels) return labels.known(labeled, rows);
    const module = await loadBeside<MatrixModule>(
      import.meta.url,
      "known-labels",
      "several-labels",
    );
    if (module) return module.severalLabels(labels).known(labeled, rows);
    throw new InputError(
      "Cannot use a matrix of labels in this bundle: give severalLabels(matrix)",
    );
  }
  const whole = labels.length === rows;
  if (!whole && labels.length !== labeled?.length) {
    throw wrongCount("labels", labels, labeled, rows);
  }
  const indices = labeled
    ? Array.from(labeled)
    : Array.from({ length: rows }, (_, i) => i).filter((i) => labels[i]! >= 0);
  const classes = whole ? indices.map((i) => labels[i]!) : Array.from(labels);
  return {
    indices,
    labels: classes,
    train: (pool, options) => trainClassifier(pool, { indices, labels: classes }, options),
  };
}

/** The error for a wrong number of labels, or rows of labels. */
export function wrongCount(
  what: string,
  labels: ArrayLike<unknown>,
  labeled: ArrayLike<number> | undefined,
  rows: number,
): InputError {
  const or = labeled ? `, or ${labeled.length}, one for each labeled sample` : "";
  return new InputError(
    `Cannot use ${labels.length} ${what}: ${rows} are needed, one for each sample${or}`,
  );
}
