/**
 * Matrices read row by row as float32. A pool may be larger than memory, so nothing here holds a
 * whole file: whoever uploads the pool asks for as many rows as one block takes.
 *
 * @module
 */

import { InputError } from "../errors.ts";

/** A matrix read row by row as float32, without being held whole. */
export interface RowSource {
  /** What messages call it, such as "features in pool.npy". */
  readonly name: string;
  /** Number of rows, at least 1. */
  readonly rows: number;
  /** Number of columns, at least 1. */
  readonly columns: number;
  /** The element type as stored: "f16", "f32", "f64", "i8", ... */
  readonly dtype: string;
  /**
   * Fills `target` with rows `start`, `start + 1`, ... in C order.
   *
   * @param start The first row, from 0.
   * @param target Room for whole rows: its length is a multiple of `columns`.
   * @throws {InputError} A value is NaN or infinite, or a float64 too large for float32; the message
   * names row and column, both from 0. Or the rows asked for do not exist, or the file cannot be
   * read.
   */
  read(start: number, target: Float32Array): Promise<void>;
}

/** Typed arrays of plain numbers, which {@link arrayRows} accepts as they are. */
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
 * A matrix in memory as rows, for programs that made their features themselves.
 *
 * @param name What messages call it, such as "features".
 * @param data `[n, d]` in C order as a typed array, which is not copied; or an array of n rows.
 * @param columns d. May be left out for an array of rows, where it is the first row's length.
 * @throws {InputError} There are no rows or no columns, rows differ in length, or the length is not
 * a multiple of `columns`.
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
    async read(start, target) {
      checkRows(source, start, target);
      const begin = start * width;
      target.set(flat.subarray(begin, begin + target.length));
      const bad = firstNonFinite(target);
      if (bad >= 0) throw nonFinite(source, start, bad, flat[begin + bad]!);
    },
  };
  return source;
}

/** Rows given as an array of arrays are flattened: they are small, and it keeps one reading path. */
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
 * Reads a whole matrix.
 *
 * @returns `[rows, columns]` in C order.
 * @throws {InputError} As {@link RowSource.read} does.
 */
export async function readAll(source: RowSource): Promise<Float32Array<ArrayBuffer>> {
  const all = new Float32Array(source.rows * source.columns);
  await source.read(0, all);
  return all;
}

/**
 * Checks that a matrix has at least one row and one column.
 *
 * @throws {InputError} It has none.
 */
export function checkShape(name: string, rows: number, columns: number): void {
  if (rows < 1) throw new InputError(`Cannot use ${name}: it has no rows`);
  if (columns < 1) throw new InputError(`Cannot use ${name}: it has no columns`);
}

/**
 * Checks that `target` takes whole rows, all of which exist.
 *
 * @throws {InputError} It does not.
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
 * Index of the first value that is NaN or infinite, or -1.
 *
 * @param values The values to look through.
 */
export function firstNonFinite(values: Float32Array): number {
  // x - x is 0 for finite x and NaN otherwise: one subtraction a value.
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value - value !== 0) return i;
  }
  return -1;
}

/**
 * The error for a value that no computation may see.
 *
 * @param source Where it was found.
 * @param start The row at which reading began.
 * @param index Its index in what was read.
 * @param stored The value as stored, before rounding to float32.
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
