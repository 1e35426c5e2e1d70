/**
 * What a file offers, whatever its format: matrices and vectors, by name where the format has names.
 *
 * @module
 */

import type { Vector } from "./integers.ts";
import type { RowSource } from "./rows.ts";

/** What a file offers. */
export interface Contents {
  /**
   * Whether the file has something of this name, or the caller said that it has. A file of one
   * nameless array has nothing.
   */
  has(name: string): boolean;
  /**
   * The matrix of this name, or the only one where that is not in doubt.
   *
   * @param expected The shape that the caller needs, for messages: "[n, d]" or "[n, K]".
   * @throws {InputError} There is none, or it is not a matrix.
   */
  matrix(name: string, expected: string): Promise<RowSource>;
  /**
   * The vector of this name, or the only one where that is not in doubt.
   *
   * @throws {InputError} There is none, or it is not a vector.
   */
  vector(name: string): Promise<Vector>;
}

/** How to find things in a file. */
export interface DatasetOptions {
  /** The array, tensor or column of features; "features" if left out. */
  readonly features?: string;
  /** The array, tensor or column of labels; "labels" if left out, or "label" in a table. */
  readonly labels?: string;
  /** The split to read, such as "train", of a folder of parquet files that holds several. */
  readonly split?: string;
}
