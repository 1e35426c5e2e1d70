/**
 * Labels in files: a class for each row, or a matrix of zeros and ones for several labels a row.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import type { Contents } from "./contents.ts";
import { readIntegers } from "./integers.ts";
import { readAll } from "./rows.ts";

/** The labels of rows with several labels each. */
export interface StoredLabels {
  /**
   * The labels, `[n, K]`, row-major: 1 for every class of a row, 0 for the others, and rows of -1
   * where they are unknown.
   */
  readonly data: Int8Array;
  /** The number of classes, K. */
  readonly columns: number;
}

/** Labels as a file has them: one class for each row, or several. */
export type FileLabels =
  | { readonly name: string; readonly classes: Int32Array }
  | { readonly name: string; readonly matrix: StoredLabels };

/**
 * Reads the labels of a file: a vector of classes, or a matrix of more than one column.
 *
 * @param contents the contents of the file
 * @throws {InputError} if there are none, a class is not an integer, or a number of a matrix is not
 * 0 or 1, or -1 in the whole row
 */
export async function readLabels(contents: Contents): Promise<FileLabels> {
  if (!await contents.isWide("labels")) {
    const vector = await contents.vector("labels");
    return { name: vector.name, classes: readIntegers(vector) };
  }
  const rows = await contents.matrix("labels", "[n, K]");
  const { name, columns } = rows;
  const values = await readAll(rows);
  const data = Int8Array.from(values);
  values.forEach((value, e) => {
    const unknown = value === -1 && data[e - e % columns] === -1;
    if (value === 0 || value === 1 ? data[e - e % columns] !== -1 : unknown) return;
    throw new InputError(
      `Cannot use ${name}: ${value} at row ${Math.floor(e / columns)}, column ${
        e % columns
      }, and ` +
        "a matrix of labels has 1 for each class of a row and 0 for the others, or -1 in all " +
        "columns of a row where they are unknown",
    );
  });
  return { name, matrix: { data, columns } };
}
