/**
 * Reads every array of a file, as far as a program could ask for it.
 *
 * @module
 */

import { InputError } from "../../src/errors.ts";
import { matrixRows, readVector, type StoredArray } from "../../src/io/array.ts";
import type { ByteSource } from "../../src/io/bytes.ts";
import { csvColumn, readCsv } from "../../src/io/csv/csv.ts";
import { openNpy } from "../../src/io/numpy/npy.ts";
import { openNpz } from "../../src/io/numpy/npz.ts";
import { openParquet } from "../../src/io/parquet/parquet.ts";
import { parquetRows, parquetVector } from "../../src/io/parquet/parquet-rows.ts";
import { readAll } from "../../src/io/rows.ts";
import { openSafetensors } from "../../src/io/safetensors.ts";

/** An array that was read. */
export interface ReadArray {
  /** The name in the file. */
  readonly name: string;
  /** The lengths of the axes. */
  readonly shape: readonly number[];
  /** The elements in C order: float32 of matrices, float64 of vectors. */
  readonly values: Float32Array | Float64Array;
}

/** What became of a file: its arrays, a sentence that refuses it, or a defect. */
export type Outcome =
  | { readonly kind: "value"; readonly arrays: readonly ReadArray[] }
  | { readonly kind: "refused"; readonly message: string }
  | { readonly kind: "crash"; readonly message: string };

/** The longest message of an error. */
const MAX_MESSAGE_LENGTH = 1000;

/** Reads every array of a file; its format is that of its extension. */
export async function readEverything(source: ByteSource): Promise<Outcome> {
  try {
    return { kind: "value", arrays: await arraysOf(source) };
  } catch (error) {
    if (!(error instanceof InputError)) {
      const stack = error instanceof Error ? error.stack : undefined;
      return { kind: "crash", message: `${error}\n${stack ?? ""}`.slice(0, MAX_MESSAGE_LENGTH) };
    }
    const { message } = error;
    const bounded = message.length < MAX_MESSAGE_LENGTH;
    return { kind: bounded ? "refused" : "crash", message: message.slice(0, MAX_MESSAGE_LENGTH) };
  }
}

async function arraysOf(source: ByteSource): Promise<ReadArray[]> {
  switch (source.name.slice(source.name.lastIndexOf(".") + 1)) {
    case "npy":
      return await stored([await openNpy(source)]);
    case "npz": {
      const { names, open } = await openNpz(source);
      const arrays: StoredArray[] = [];
      for (const name of names) arrays.push({ ...await open(name), name });
      return await stored(arrays);
    }
    case "safetensors": {
      const file = await openSafetensors(source);
      return await stored([...file.tensors.keys()].map((name) => ({ ...file.open(name), name })));
    }
    case "parquet":
      return await columns(source);
    default: {
      const table = await readCsv(source);
      return Array.from({ length: table.columns }, (_, column) => ({
        name: `${column}`,
        shape: [table.rows],
        values: csvColumn(table, column),
      }));
    }
  }
}

/** Reads arrays of one axis and of two; empty matrices and other arrays cannot be used. */
async function stored(arrays: readonly StoredArray[]): Promise<ReadArray[]> {
  const read: ReadArray[] = [];
  for (const array of arrays) {
    const { name, shape } = array;
    const values = shape.length === 1
      ? Float64Array.from((await readVector(array)).values)
      : await readAll(matrixRows(array));
    read.push({ name, shape, values });
  }
  return read;
}

/** Reads columns of lists as matrices and others as vectors, whole and then in parts. */
async function columns(source: ByteSource): Promise<ReadArray[]> {
  const table = await openParquet([source]);
  if (table.columns.length === 0) throw new InputError("Cannot read a table without numbers");
  const read: ReadArray[] = [];
  for (const column of table.columns) {
    const { name } = column;
    if (!column.list) {
      const { values } = await parquetVector(table, name, column);
      read.push({ name, shape: [values.length], values: Float64Array.from(values) });
      continue;
    }
    const matrix = await parquetRows(table, name, [column]);
    const values = await readAll(matrix);
    const parts = await parquetRows(table, name, [column], 3 * matrix.columns);
    const again = await readAll(parts);
    if (again.some((value, i) => value !== values[i])) throw new Error("its index gives others");
    read.push({ name, shape: [matrix.rows, matrix.columns], values });
  }
  return read;
}
