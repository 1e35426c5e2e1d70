/**
 * Matrices and vectors from the columns of a parquet table.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import type { Vector } from "../integers.ts";
import type { ParquetColumn, ParquetTable, RowGroup } from "./parquet.ts";
import { checkRows, checkShape, nonFinite, type RowSource } from "../rows.ts";

/** Rows of a row group that are decoded together. */
interface Window {
  readonly group: RowGroup;
  /** The index in the row group of the first row. */
  readonly from: number;
  /** The index in the row group after the last row. */
  readonly to: number;
}

/**
 * Returns a column of lists, or several columns of numbers, as a row source.
 *
 * The rows that were decoded last are kept, because the next read often needs some of them.
 *
 * @param table the table
 * @param name the name of the matrix in error messages, such as "features in pool.parquet"
 * @param columns one column of lists, all of the same length; or columns of numbers
 * @param numbersAtOnce the number of elements to decode at a time, of at most one row group
 * @throws {InputError} if there are no rows or no columns, or the first row is null
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
  const windows = windowsOf(table, Math.max(1, Math.floor(numbersAtOnce / width)));
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
  const { starts, nullRows } = await table.groups[0]!.column(column.name, 0, 1);
  if (nullRows?.[0]) throw new InputError(`Cannot use ${name}: row 0 is null`);
  return starts[1]! - starts[0]!;
}

/** The windows of the row groups. */
function windowsOf({ groups }: ParquetTable, step: number): Window[] {
  return groups.flatMap((group) =>
    Array.from({ length: Math.ceil(group.rows / step) }, (_, i) => ({
      group,
      from: i * step,
      to: Math.min(group.rows, (i + 1) * step),
    }))
  );
}

/**
 * Reads a column of numbers.
 *
 * @throws {InputError} if the column contains lists or a null
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
    const { values, nulls, starts } = await read(column.name, 0, rows);
    for (let i = 0; i < rows; i++) {
      if (nulls?.[starts[i]!]) throw nullAt(name, first + i, 0);
      all[first + i] = values[starts[i]!]!;
    }
  }
  return { name, dtype: column.dtype, values: all };
}

async function decodeLists(
  source: RowSource,
  { group, from, to }: Window,
  column: ParquetColumn,
): Promise<Float32Array> {
  const { name, columns } = source;
  const { values, nulls, starts, nullRows } = await group.column(column.name, from, to);
  const data = new Float32Array((to - from) * columns);
  for (let i = 0; i < to - from; i++) {
    const row = group.first + from + i;
    if (nullRows?.[i]) throw new InputError(`Cannot use ${name}: row ${row} is null`);
    const start = starts[i]!;
    const length = starts[i + 1]! - start;
    if (length !== columns) {
      throw new InputError(
        `Cannot use ${name}: row ${row} has ${length} columns, row 0 has ${columns}`,
      );
    }
    for (let j = 0; j < columns; j++) {
      if (nulls?.[start + j]) throw nullAt(name, row, j);
      data[i * columns + j] = finite(source, values[start + j]!, row, j);
    }
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
    const { values, nulls, starts } = await group.column(column.name, from, to);
    for (let i = 0; i < to - from; i++) {
      const row = group.first + from + i;
      if (nulls?.[starts[i]!]) throw nullAt(source.name, row, j);
      data[i * width + j] = finite(source, values[starts[i]!]!, row, j);
    }
  }
  return data;
}

/** Checks that a value is finite in float32. */
function finite(source: RowSource, value: number, row: number, column: number): number {
  if (!Number.isFinite(Math.fround(value))) throw nonFinite(source, row, column, value);
  return value;
}

function nullAt(name: string, row: number, column: number): InputError {
  return new InputError(`Cannot use ${name}: null at row ${row}, column ${column}`);
}
