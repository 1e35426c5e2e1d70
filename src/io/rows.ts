/**
 * Matrices that are read in chunks of rows as float32. A pool may be larger than host memory, so
 * that files are never read as a whole.
 *
 * @module
 */

import { InputError } from "../errors.ts";

/** A matrix that is read in chunks of rows as float32, such as the features in a file. */
export interface RowSource {
  /** The name in error messages, such as "features in pool.npy". */
  readonly name: string;
  /** The number of rows, at least 1. */
  readonly rows: number;
  /** The number of columns, at least 1. */
  readonly columns: number;
  /** The element type as stored: "f16", "f32", "f64", "i8", ... */
  readonly dtype: string;
  /**
   * Reads consecutive rows.
   *
   * @param start the index of the first row, from 0
   * @param target receives the rows, row-major; its length is a multiple of `columns`
   * @throws {InputError} if a value is NaN or infinite, or a float64 too large for float32 (the
   * message names row and column, both from 0), the rows do not exist, or the file cannot be read
   */
  read(start: number, target: Float32Array): Promise<void>;
  /**
   * Reads rows like `read`, which has checked their numbers before, and has read them when it
   * returns. Absent if the source cannot do that. Only pools that exceed the memory of their device
   * need it.
   */
  readSync?(start: number, target: Float32Array): void;
  /** Reads the bits of half floats like `readSync`, if they are stored as such. */
  readHalvesSync?(start: number, target: Uint16Array<ArrayBuffer>): void;
}

/**
 * Checks that a value is a row source, which TypeScript alone does not ensure in plain JavaScript.
 *
 * @throws {InputError} if it is none
 */
export function checkRowSource(owner: string, source: RowSource): void {
  if (typeof source?.read === "function") return;
  throw new InputError(
    `${owner} needs a row source: for a matrix in memory, use arrayRows("features", data, columns)`,
  );
}

/** The typed arrays of numbers that {@link arrayRows} accepts. */
export type NumberArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array
  | Uint32Array;

/**
 * Returns a matrix in memory as a row source, for programs that compute their features themselves.
 *
 * @example
 * ```ts
 * import { arrayRows } from "@creel/creel";
 * import assert from "node:assert/strict";
 *
 * const flat = arrayRows("features", Float32Array.of(1, 2, 3, 4, 5, 6), 3); // [2, 3], row-major
 * const nested = arrayRows("features", [[1, 2, 3], [4, 5, 6]]);
 * assert.equal(flat.rows, 2);
 * assert.equal(nested.columns, 3);
 * ```
 *
 * @param name the name in error messages, such as "features"
 * @param data the matrix `[n, d]`: a typed array, row-major, which is not copied; or an array of
 * rows
 * @param columns the number of columns, d. Default for an array of rows: the length of the first
 * row
 * @returns the row source
 * @throws {InputError} if there are no rows or no columns, rows differ in length, or the length is
 * not a multiple of `columns`
 */
export function arrayRows(
  name: string,
  data: NumberArray | readonly (readonly number[])[],
  columns?: number,
): RowSource {
  if (Array.isArray(data)) return nestedRows(name, data, columns);
  const flat = data as NumberArray;
  const width = columns ?? 0;
  if (!Number.isSafeInteger(width) || width < 1) {
    throw new InputError(`Cannot use ${name}: ${columns} columns, and at least 1 is needed`);
  }
  if (flat.length % width !== 0) {
    throw new InputError(
      `Cannot use ${name}: ${flat.length} values are not whole rows of ${width} columns`,
    );
  }
  const rows = flat.length / width;
  checkShape(name, rows, width);
  const source: RowSource = {
    name,
    rows,
    columns: width,
    dtype: dtypeOf(flat),
    // Async, so that an error is a rejection, as it is from a file.
    // deno-lint-ignore require-await
    read: async (start, target) => readSync(start, target),
    readSync,
  };
  return source;

  function readSync(start: number, target: Float32Array): void {
    checkRows(source, start, target);
    const begin = start * width;
    target.set(flat.subarray(begin, begin + target.length));
    const bad = firstNonFinite(target);
    if (bad >= 0) throw nonFinite(source, start, bad, flat[begin + bad]!);
  }
}

/**
 * Flattens an array of rows, which is small, so that it is read in the same way as a typed array.
 */
function nestedRows(
  name: string,
  data: readonly (readonly number[])[],
  columns?: number,
): RowSource {
  const width = columns ?? data[0]?.length ?? 0;
  checkShape(name, data.length, width);
  const flat = new Float64Array(data.length * width);
  data.forEach((row, i) => {
    if (row.length !== width) {
      throw new InputError(
        `Cannot use ${name}: row ${i} has ${row.length} columns, row 0 has ${width}`,
      );
    }
    flat.set(row, i * width);
  });
  return arrayRows(name, flat, width);
}

/**
 * Reads a whole matrix into memory.
 *
 * @param source the matrix
 * @returns the elements, `[rows, columns]`, row-major
 * @throws {InputError} if a value is not finite, or the file cannot be read
 */
export async function readAll(source: RowSource): Promise<Float32Array<ArrayBuffer>> {
  const all = new Float32Array(source.rows * source.columns);
  await source.read(0, all);
  return all;
}

/**
 * Checks that a matrix has at least one row and one column.
 *
 * @throws {InputError} if it has no rows or no columns
 */
export function checkShape(name: string, rows: number, columns: number): void {
  if (rows < 1) throw new InputError(`Cannot use ${name}: it has no rows`);
  if (columns < 1) throw new InputError(`Cannot use ${name}: it has no columns`);
}

/**
 * Checks that `target` has the size of whole rows, and that these exist.
 *
 * @throws {InputError} if its size is not a multiple of the row length, or rows do not exist
 */
export function checkRows(
  source: Pick<RowSource, "name" | "rows" | "columns">,
  start: number,
  target: Float32Array,
): void {
  const { name, rows, columns } = source;
  const count = target.length / columns;
  if (!Number.isInteger(count)) {
    throw new InputError(
      `Cannot read ${name}: room for ${target.length} values is not whole rows of ${columns} columns`,
    );
  }
  if (!Number.isInteger(start) || start < 0 || start + count > rows) {
    throw new InputError(
      `Cannot read rows ${start} to ${start + count - 1} of ${name}: its rows are 0 to ${rows - 1}`,
    );
  }
}

/**
 * Returns the index of the first value that is NaN or infinite, or -1.
 *
 * @param values the values to check
 */
export function firstNonFinite(values: Float32Array): number {
  // x - x is 0 for finite x and NaN otherwise: one subtraction per value.
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value - value !== 0) return i;
  }
  return -1;
}

/**
 * Creates the error for a value that is not finite.
 *
 * @param source the matrix that contains it
 * @param start the index of the first row that was read
 * @param index the index of the value in the rows that were read
 * @param stored the stored value, before rounding to float32
 */
export function nonFinite(
  source: Pick<RowSource, "name" | "columns">,
  start: number,
  index: number,
  stored: number,
): Error {
  const row = start + Math.floor(index / source.columns);
  const column = index % source.columns;
  const what = Number.isNaN(stored)
    ? "NaN"
    : Number.isFinite(stored)
    ? `${stored}, too large for float32,`
    : stored < 0
    ? "-infinity"
    : "infinity";
  return new InputError(`Cannot use ${source.name}: ${what} at row ${row}, column ${column}`);
}

function dtypeOf(data: NumberArray): string {
  const bits = data.BYTES_PER_ELEMENT * 8;
  if (data instanceof Float32Array || data instanceof Float64Array) return `f${bits}`;
  return data.constructor.name.startsWith("U") ? `u${bits}` : `i${bits}`;
}
