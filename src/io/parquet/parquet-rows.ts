/**
 * Columns of a parquet table as matrices and vectors.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import type { Vector } from "../integers.ts";
import type { ParquetColumn, ParquetTable, RowGroup } from "./parquet.ts";
import { checkRows, checkShape, nonFinite, type RowSource } from "../rows.ts";

/** Rows of one row group that are decoded together. */
interface Window {
  readonly group: RowGroup;
  /** The first row, counted from the group's first. */
  readonly from: number;
  /** The row after the last. */
  readonly to: number;
}

/**
 * A matrix out of one column of lists, or out of several columns of numbers.
 *
 * What was decoded last is kept, because whoever reads a pool in blocks comes back to it.
 *
 * @param table The table.
 * @param name What messages call the matrix, such as "features in pool.parquet".
 * @param columns One column of lists, all of the same length; or columns of numbers.
 * @param numbersAtOnce How many numbers to decode at a time where the file's index allows to read
 * part of a row group: as hyparquet decodes them, they take at least twice the room of float32.
 * @throws {InputError} There are no rows or no columns, or the first row is null.
 */
export async function parquetRows(
  table: ParquetTable,
  name: string,
  columns: readonly ParquetColumn[],
  numbersAtOnce: number = 1 << 22,
): Promise<RowSource> {
  const [first] = columns;
  checkShape(name, table.rows, columns.length);
  const width = first!.list ? await listLength(table, name, first!) : columns.length;
  checkShape(name, table.rows, width);
  const windows = windowsOf(table, columns, Math.max(1, Math.floor(numbersAtOnce / width)));
  let last: { window: Window; data: Promise<Float32Array> } | undefined;
  const decoded = (window: Window): Promise<Float32Array> => {
    if (last?.window !== window) {
      const data = first!.list
        ? decodeLists(source, window, first!)
        : decodeNumbers(source, window, columns);
      last = { window, data };
    }
    return last.data;
  };
  const source: RowSource = {
    name,
    rows: table.rows,
    columns: width,
    dtype: first!.dtype,
    async read(start, target) {
      checkRows(source, start, target);
      const end = start + target.length / width;
      for (const window of windows) {
        const begin = window.group.first + window.from;
        const from = Math.max(start, begin);
        const to = Math.min(end, window.group.first + window.to);
        if (from >= to) continue;
        const data = await decoded(window);
        target.set(
          data.subarray((from - begin) * width, (to - begin) * width),
          (from - start) * width,
        );
      }
    },
  };
  return source;
}

async function listLength(
  table: ParquetTable,
  name: string,
  column: ParquetColumn,
): Promise<number> {
  return listAt(name, await table.groups[0]!.column(column.name, 0, 1), 0, 0).length;
}

/** Without an index every window would decode its row group from the beginning: one window then. */
function windowsOf(
  table: ParquetTable,
  columns: readonly ParquetColumn[],
  rowsAtOnce: number,
): Window[] {
  return table.groups.flatMap((group) => {
    const step = columns.every(({ name }) => group.indexed(name)) ? rowsAtOnce : group.rows;
    return Array.from({ length: Math.ceil(group.rows / step) }, (_, i) => ({
      group,
      from: i * step,
      to: Math.min(group.rows, (i + 1) * step),
    }));
  });
}

/**
 * One column of numbers.
 *
 * @throws {InputError} The column holds lists, or a null.
 */
export async function parquetVector(
  table: ParquetTable,
  name: string,
  column: ParquetColumn,
): Promise<Vector> {
  if (column.list) {
    throw new InputError(`Cannot use ${name}: it holds lists, and numbers are needed`);
  }
  const all = new Float64Array(table.rows);
  for (const { first, rows, column: read } of table.groups) {
    const values = await read(column.name, 0, rows);
    for (let i = 0; i < rows; i++) all[first + i] = numberAt(name, values[i], first + i, 0);
  }
  return { name, dtype: column.dtype, values: all };
}

async function decodeLists(
  source: RowSource,
  { group, from, to }: Window,
  column: ParquetColumn,
): Promise<Float32Array> {
  const { name, columns } = source;
  const values = await group.column(column.name, from, to);
  const data = new Float32Array((to - from) * columns);
  for (let i = 0; i < to - from; i++) {
    const row = group.first + from + i;
    const list = listAt(name, values, i, row);
    if (list.length !== columns) {
      throw new InputError(
        `Cannot use ${name}: row ${row} has ${list.length} columns, row 0 has ${columns}`,
      );
    }
    for (let j = 0; j < columns; j++) data[i * columns + j] = finite(source, list[j], row, j);
  }
  return data;
}

async function decodeNumbers(
  source: RowSource,
  { group, from, to }: Window,
  columns: readonly ParquetColumn[],
): Promise<Float32Array> {
  const width = columns.length;
  const data = new Float32Array((to - from) * width);
  for (const [j, column] of columns.entries()) {
    const values = await group.column(column.name, from, to);
    for (let i = 0; i < to - from; i++) {
      data[i * width + j] = finite(source, values[i], group.first + from + i, j);
    }
  }
  return data;
}

/** A value that is finite in float32. */
function finite(source: RowSource, value: unknown, row: number, column: number): number {
  const number = numberAt(source.name, value, row, column);
  if (!Number.isFinite(Math.fround(number))) throw nonFinite(source, row, column, number);
  return number;
}

function numberAt(name: string, value: unknown, row: number, column: number): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint" || typeof value === "boolean") return Number(value);
  const what = value === null || value === undefined ? "null" : typeof value;
  throw new InputError(`Cannot use ${name}: ${what} at row ${row}, column ${column}`);
}

function listAt(
  name: string,
  values: ArrayLike<unknown>,
  index: number,
  row: number,
): ArrayLike<unknown> {
  const list = values[index];
  if (Array.isArray(list)) return list;
  if (ArrayBuffer.isView(list)) return list as unknown as ArrayLike<unknown>;
  throw new InputError(`Cannot use ${name}: row ${row} is null`);
}
