/**
 * The ways in which a program gives a matrix, and the one in which it is read.
 *
 * @module
 */

import { arrayRows, type NumberArray, type RowSource } from "./rows.ts";

/**
 * A matrix: row-major numbers with their number of columns, an array of rows, or rows from a file.
 */
export type MatrixInput =
  | { readonly data: NumberArray; readonly columns: number }
  | readonly (readonly number[])[]
  | RowSource;

/**
 * Any matrix as rows.
 *
 * @param name what messages call it, such as "features"; rows from a file have a name already
 * @param matrix the matrix
 * @throws {InputError} if it has no rows or no columns, or its rows differ in length
 */
export function rowsOf(name: string, matrix: MatrixInput): RowSource {
  if ("read" in matrix) return matrix;
  if ("data" in matrix) return arrayRows(name, matrix.data, matrix.columns);
  return arrayRows(name, matrix);
}
