/**
 * Parquet files, single ones or shards of one table. Columns are decoded when they are needed, at
 * most one row group at a time, into arrays of floats.
 *
 * The decoder is Creel's own: hyparquet 1.31 loops without end on damaged levels (a run of length 0
 * with a bit width above 0 in `readRleBitPackedHybrid`), rejects promises that nobody can handle,
 * and holds numbers as arrays of objects.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import { listed, shortened } from "../../shortened.ts";
import { type ByteSource, readBytes } from "../bytes.ts";
import { type ColumnReader, readColumn } from "./column.ts";
import { ColumnWalk } from "./column-walk.ts";
import { type Footer, type GroupEntry, parseFooter } from "./footer.ts";
import { type NumberColumn, numberColumns } from "./number-columns.ts";
import { unpackerOf } from "./pages.ts";
import type { ColumnRows } from "./rows-of-pages.ts";
import { Malformed } from "./thrift.ts";

/** A top-level column of numbers or of lists of numbers. */
export interface ParquetColumn {
  /** The name. */
  readonly name: string;
  /** Whether each row contains a list of numbers, not a number. */
  readonly list: boolean;
  /** The element type: "f16", "f32", "f64", "i32", "i64" or "bool". */
  readonly dtype: string;
}

/** A row group of a file. */
export interface RowGroup {
  /** The index of the first row in the table of all shards. */
  readonly first: number;
  /** The number of rows. */
  readonly rows: number;
  /**
   * Decodes rows of a column.
   *
   * @param name the name of the column
   * @param from the index in the row group of the first row
   * @param to the index in the row group after the last row
   * @returns the rows
   * @throws {InputError} if the column is damaged, or its compression is not known
   */
  column(name: string, from: number, to: number): Promise<ColumnRows>;
}

/** A table in one or several parquet files. */
export interface ParquetTable {
  /** The name in error messages. */
  readonly name: string;
  /** The number of rows in all shards. */
  readonly rows: number;
  /** The columns of numbers, in the order of the schema. */
  readonly columns: readonly ParquetColumn[];
  /** The row groups of all shards in order. */
  readonly groups: readonly RowGroup[];
}

/** The options of {@link openParquet}. */
export interface ParquetOptions {
  /** The largest size in bytes that a column of a row group is decoded to. */
  readonly maxExpandBytes?: number | undefined;
}

/**
 * Reads the footers of parquet files.
 *
 * @param shards the files, whose rows follow each other
 * @param name the name of the table in error messages
 * @param options how far compressed data may expand
 * @throws {InputError} if one is not a parquet file, is truncated or damaged, or has other columns
 * of numbers than the first
 */
export async function openParquet(
  shards: readonly [ByteSource, ...ByteSource[]],
  name: string = shards[0].name,
  { maxExpandBytes }: ParquetOptions = {},
): Promise<ParquetTable> {
  const groups: RowGroup[] = [];
  let columns: NumberColumn[] | undefined;
  let first = 0;
  for (const shard of shards) {
    const footer = await readFooter(shard);
    const own = await reading(shard, () => numberColumns(footer.schema));
    columns ??= own;
    checkSameColumns(shard.name, own, shards[0].name, columns);
    for (const entry of footer.groups) {
      const group = rowGroup(shard, entry, own, first, maxExpandBytes);
      if (group.rows > 0) groups.push(group);
      first += group.rows;
    }
  }
  return { name, rows: first, columns: columns!, groups };
}

async function readFooter(shard: ByteSource): Promise<Footer> {
  const magic = [0x50, 0x41, 0x52, 0x31];
  const isMagic = (bytes: Uint8Array) => magic.every((byte, i) => bytes[i] === byte);
  const { name, size } = shard;
  if (!isMagic(await readBytes(shard, 0, Math.min(4, size)))) {
    throw new InputError(
      `Cannot read ${name}: it is not a parquet file, its first bytes are wrong`,
    );
  }
  const tail = size < 12 ? undefined : await readBytes(shard, size - 8, 8);
  if (!tail || !isMagic(tail.subarray(4))) {
    throw new InputError(`Cannot read ${name}: truncated, its ${size} bytes end without a footer`);
  }
  return await reading(shard, async () => {
    const length = new DataView(tail.buffer).getUint32(0, true);
    if (length > size - 12) throw new Malformed(`its footer would be ${length} bytes long`);
    return parseFooter(await readBytes(shard, size - 8 - length, length), size - 8 - length);
  });
}

function rowGroup(
  shard: ByteSource,
  { rows, columns }: GroupEntry,
  own: readonly NumberColumn[],
  first: number,
  maxExpandBytes: number | undefined,
): RowGroup {
  const chunkOf = (name: string) => {
    const column = own.find((candidate) => candidate.name === name)!;
    return { column, chunk: columns[column.leaf]! };
  };
  const walks = new Map<string, ColumnWalk>();
  return {
    first,
    rows,
    async column(name, from, to) {
      const { column, chunk } = chunkOf(name);
      const unpack = await unpackerOf(chunk.codec, `${shortened(name)} in ${shard.name}`);
      const { type, levels } = column;
      const reader: ColumnReader = {
        source: shard,
        chunk,
        type,
        levels,
        unpack,
        rows,
        maxExpandBytes,
      };
      return await reading(shard, async () => {
        if (chunk.index || (from === 0 && to === rows)) return await readColumn(reader, from, to);
        const walk = walks.get(name) ?? new ColumnWalk(reader);
        walks.set(name, walk);
        const read = await walk.read(from, to);
        if (to === rows) walks.delete(name);
        return read;
      });
    },
  };
}

/** Calls a reader, and converts its errors to input errors. */
async function reading<T>(shard: ByteSource, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof InputError && !error.message.startsWith("Cannot decompress")) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`Cannot read ${shard.name}: it is damaged (${reason})`, { cause: error });
  }
}

function checkSameColumns(
  name: string,
  columns: readonly ParquetColumn[],
  firstName: string,
  expected: readonly ParquetColumn[],
): void {
  const text = (all: readonly ParquetColumn[]) =>
    listed(all.map(({ name, list }) => list ? `${name} (lists)` : name)) || "none";
  const same = columns.length === expected.length &&
    columns.every(({ name, list }, i) => name === expected[i]!.name && list === expected[i]!.list);
  if (!same) {
    throw new InputError(
      `Cannot use ${name}: its columns of numbers are ${text(columns)}, ` +
        `and those of ${firstName} are ${text(expected)}`,
    );
  }
}
