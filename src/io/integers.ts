/**
 * Labels and indices: vectors of whole numbers, whatever type a file keeps them in.
 *
 * @module
 */

import { InputError } from "../errors.ts";

/** A vector as a file holds it. */
export interface Vector {
  /** What messages call it, such as "labels in pool.npz". */
  readonly name: string;
  /** The element type as stored; "bool" for a mask. */
  readonly dtype: string;
  /** The elements; float64 holds every 32-bit integer. */
  readonly values: ArrayLike<number>;
}

/**
 * Labels: one whole number per row.
 *
 * @param vector Of any integer type, or of a float type with whole values.
 * @returns `[n]`.
 * @throws {InputError} It is a mask, or a value is not a whole number of 32 bits; the message names
 * its row, from 0.
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
 * The indices of labeled rows: indices counted from 0, or a mask of type bool that is true where a
 * row is labeled.
 *
 * @param vector The indices or the mask; indices may be none.
 * @param rows Number of rows in the pool; if left out, indices are only checked to be at least 0.
 * @returns The indices in the given order; a mask's in rising order.
 * @throws {InputError} An index is outside the pool or occurs twice, a mask does not have one value
 * per row, or as {@link readIntegers} does.
 */
export function readIndices(vector: Vector, rows?: number): Int32Array<ArrayBuffer> {
  const { name, dtype, values } = vector;
  if (dtype !== "bool") {
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
 * Checks indices into a pool.
 *
 * @param name What messages call them.
 * @param indices The indices, from 0.
 * @param rows Number of rows in the pool; no upper bound if left out.
 * @throws {InputError} One is negative, or not below `rows`, or occurs twice.
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
