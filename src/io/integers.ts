/**
 * Labels and indices: vectors of integers, of any type in the file.
 *
 * @module
 */

import { InputError } from "../errors.ts";

/** A vector as it is stored in a file. */
export interface Vector {
  /** The name in error messages, such as "labels in pool.npz". */
  readonly name: string;
  /** The element type as stored; "bool" for a mask. */
  readonly dtype: string;
  /** The elements; float64 holds every 32-bit integer. */
  readonly values: ArrayLike<number>;
}

/**
 * Converts a vector to labels, one integer per row.
 *
 * @param vector the vector, of any integer type, or of a float type with integer values
 * @returns the labels, `[n]`
 * @throws {InputError} if it is a mask, or a value is not a 32-bit integer; the message names its
 * row, from 0
 */
export function readIntegers(vector: Vector): Int32Array<ArrayBuffer> {
  const { name, dtype, values } = vector;
  if (dtype === "bool") {
    throw new InputError(`Cannot use ${name}: its type is bool, and whole numbers are needed`);
  }
  const integers = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    integers[i] = value;
    if (integers[i] !== value) {
      throw new InputError(`Cannot use ${name}: ${value} at row ${i} is not a whole 32-bit number`);
    }
  }
  return integers;
}

/**
 * Converts a vector to the indices of labeled rows: it contains indices from 0, or is a mask that
 * is true for labeled rows, of type bool or, with more than two values, of zeros and ones.
 *
 * @param vector the indices or the mask; the indices may be empty
 * @param rows the number of rows of the pool. Default: unknown, and indices have no upper bound
 * @returns the indices in the given order; those of a mask in increasing order
 * @throws {InputError} if an index is outside the pool or occurs twice, a mask does not have one
 * value per row, or as {@link readIntegers}
 */
export function readIndices(vector: Vector, rows?: number): Int32Array<ArrayBuffer> {
  const { name, dtype, values } = vector;
  if (dtype !== "bool" && !isMask(values)) {
    const indices = readIntegers(vector);
    checkIndices(name, indices, rows);
    return indices;
  }
  if (rows !== undefined && values.length !== rows) {
    throw new InputError(
      `Cannot use ${name}: the mask has ${values.length} values, and the pool has ${rows} rows`,
    );
  }
  const indices: number[] = [];
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) indices.push(i);
  return Int32Array.from(indices);
}

/**
 * Returns whether numbers can only be a mask: they are all 0 or 1, and as more than two they cannot
 * be indices, each of which occurs once.
 */
function isMask(values: ArrayLike<number>): boolean {
  if (values.length <= 2) return false;
  for (let i = 0; i < values.length; i++) if (values[i] !== 0 && values[i] !== 1) return false;
  return true;
}

/**
 * Checks indices into a pool.
 *
 * @param name the name in error messages
 * @param indices the indices, from 0
 * @param rows the number of rows of the pool. Default: no upper bound
 * @throws {InputError} if one is negative, or not below `rows`, or occurs twice
 */
export function checkIndices(name: string, indices: Int32Array, rows = Infinity): void {
  const seen = new Set<number>();
  for (const index of indices) {
    if (index < 0 || index >= rows) {
      const allowed = rows === Infinity ? "at least 0" : `0 to ${rows - 1}`;
      throw new InputError(`Cannot use ${name}: index ${index}, and ${allowed} is allowed`);
    }
    if (seen.has(index)) {
      throw new InputError(`Cannot use ${name}: index ${index} occurs twice`);
    }
    seen.add(index);
  }
}
