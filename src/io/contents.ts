/**
 * The contents of a file in any format: matrices and vectors, by name if the format has names.
 *
 * @module
 */

import type { Vector } from "./integers.ts";
import type { RowSource } from "./rows.ts";

/** The contents of a file. */
export interface Contents {
  /**
   * Returns whether the file has an array of this name, or the options name one for it. A file of
   * one array without a name has none.
   */
  has(name: string): boolean;
  /**
   * Returns the matrix of this name, or the file's only matrix.
   *
   * @param name the name
   * @param expected the expected shape, for error messages: "[n, d]" or "[n, K]"
   * @throws {InputError} if there is none, or the array is not a matrix
   */
  matrix(name: string, expected: string): Promise<RowSource>;
  /**
   * Returns whether the array of this name, or the file's only array, has more than one column, as
   * a matrix of labels has.
   *
   * @param name the name
   * @throws {InputError} if there is none
   */
  isWide(name: string): Promise<boolean>;
  /**
   * Reads the vector of this name, or the file's only vector.
   *
   * @param name the name
   * @throws {InputError} if there is none, or the array is not a vector
   */
  vector(name: string): Promise<Vector>;
}

/** The names of arrays, tensors or columns in a dataset file. */
export interface DatasetOptions {
  /** The name of the array, tensor or column of features. Default "features". */
  readonly features?: string;
  /** The name of the array, tensor or column of labels. Default "labels", or "label" in a table. */
  readonly labels?: string;
  /** The split to read, such as "train", from a folder of parquet files with several splits. */
  readonly split?: string;
  /**
   * The largest size in bytes that compressed data may expand to: the content of a gzip file, an
   * array of an .npz file, or a column of a row group of a parquet file. Default: 4 GiB, and above
   * 64 MiB at most 200 times the compressed size.
   */
  readonly maxExpandBytes?: number;
}
