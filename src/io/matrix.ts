/**
 * Matrices in the forms in which programs pass them.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import { arrayRows, type NumberArray, type RowSource } from "./rows.ts";

/**
 * A matrix as a parameter: row-major numbers with the number of columns, an array of rows, or a
 * {@linkcode RowSource} such as the features in a file.
 */
export type MatrixInput =
  | { readonly data: NumberArray; readonly columns: number }
  | readonly (readonly number[])[]
  | RowSource;

/**
 * Returns a matrix as a row source.
 *
 * @param name the name in error messages, such as "features"; a row source keeps its own name
 * @param matrix the matrix
 * @throws {InputError} if it is not in one of these forms, it has no rows or no columns, or its
 * rows differ in length
 */
export function rowsOf(name: string, matrix: MatrixInput): RowSource {
  const isMatrix = typeof matrix === "object" && matrix !== null &&
    ("read" in matrix || "data" in matrix || "length" in matrix);
  if (!isMatrix) {
    throw new InputError(
      `Cannot use ${name}: they must be { data, columns }, an array of rows or a row source`,
    );
  }
  if ("read" in matrix) return matrix;
  if ("data" in matrix) return arrayRows(name, matrix.data, matrix.columns);
  return arrayRows(name, matrix);
}
