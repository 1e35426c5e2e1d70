/**
 * Parquet files, single ones or shards of one table. They are decoded by hyparquet, which is loaded
 * when a parquet file is opened; columns are decoded when they are needed, at most one row group at
 * a time.
 *
 * @module
 */

import type { Compressors, FileMetaData, SchemaTree } from "hyparquet";
import { InputError } from "../../errors.ts";
import { type ByteSource, readBytes } from "../bytes.ts";

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
  /** Returns whether the file has an index of a column, which allows to decode parts of it. */
  indexed(column: string): boolean;
  /**
   * Decodes rows of a column.
   *
   * @param name the name of the column
   * @param from the index in the row group of the first row
   * @param to the index in the row group after the last row
   * @returns one value per row: a number, a bigint, a boolean, a list of those, or null
   * @throws {InputError} if the column is damaged, or its compression is not known
   */
  column(name: string, from: number, to: number): Promise<ArrayLike<unknown>>;
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

type Hyparquet = typeof import("hyparquet") & { readonly compressors: Compressors };

/**
 * Reads the footers of parquet files.
 *
 * @param shards the files, whose rows follow each other
 * @param name the name of the table in error messages
 * @throws {InputError} if one is not a parquet file, is truncated or damaged, or has other columns
 * of numbers than the first
 */
export async function openParquet(
  shards: readonly [ByteSource, ...ByteSource[]],
  name: string = shards[0].name,
): Promise<ParquetTable> {
  const [reader, { compressors }] = await Promise.all([
    import("hyparquet"),
    import("hyparquet-compressors"),
  ]);
  const hyparquet = { ...reader, compressors };
  const groups: RowGroup[] = [];
  let columns: ParquetColumn[] | undefined;
  let first = 0;
  for (const shard of shards) {
    const metadata = await readFooter(hyparquet, shard);
    const own = numberColumns(hyparquet.parquetSchema(metadata));
    columns ??= own;
    checkSameColumns(shard.name, own, shards[0].name, columns);
    let start = 0;
    for (let i = 0; i < metadata.row_groups.length; i++) {
      const group = rowGroup(hyparquet, shard, metadata, i, start, first + start);
      if (group.rows > 0) groups.push(group);
      start += group.rows;
    }
    first += start;
  }
  return { name, rows: first, columns: columns!, groups };
}

async function readFooter(hyparquet: Hyparquet, shard: ByteSource): Promise<FileMetaData> {
  const magic = [0x50, 0x41, 0x52, 0x31];
  const isMagic = (bytes: Uint8Array) => magic.every((byte, i) => bytes[i] === byte);
  const { name, size } = shard;
  if (!isMagic(await readBytes(shard, 0, Math.min(4, size)))) {
    throw new InputError(
      `Cannot read ${name}: it is not a parquet file, its first bytes are wrong`,
    );
  }
  if (size < 12 || !isMagic(await readBytes(shard, size - 4, 4))) {
    throw new InputError(`Cannot read ${name}: truncated, its ${size} bytes end without a footer`);
  }
  return await reading(shard, () => hyparquet.parquetMetadataAsync(asyncBuffer(shard)));
}

function rowGroup(
  hyparquet: Hyparquet,
  shard: ByteSource,
  metadata: FileMetaData,
  index: number,
  start: number,
  first: number,
): RowGroup {
  const { columns, num_rows } = metadata.row_groups[index]!;
  const chunkOf = (name: string) =>
    columns.find(({ meta_data: chunk }) => chunk?.path_in_schema[0] === name);
  return {
    first,
    rows: Number(num_rows),
    indexed: (name) => chunkOf(name)?.offset_index_offset !== undefined,
    async column(name, from, to) {
      const codec = chunkOf(name)?.meta_data?.codec;
      const { compressors } = hyparquet;
      const compressions = ["UNCOMPRESSED", ...Object.keys(compressors)];
      if (codec !== undefined && !compressions.includes(codec)) {
        throw new InputError(
          `Cannot read ${name} in ${shard.name}: it is compressed with ${codec}, and only ` +
            `${compressions.join(", ")} can be read`,
        );
      }
      const values = await reading(shard, async () => {
        // A new scan each time: a scan keeps its decoded values, many times the size of float32.
        const file = asyncBuffer(shard);
        const scan = await hyparquet.parquetScan({ file, metadata, columns: [name], compressors });
        return scan.readColumn({ column: name, rowStart: start + from, rowEnd: start + to });
      });
      if (values.length !== to - from) {
        throw new InputError(
          `Cannot read ${name} in ${shard.name}: ${values.length} values for ${to - from} rows`,
        );
      }
      return values;
    },
  };
}

/** Calls hyparquet, and converts its errors to input errors. */
async function reading<T>(shard: ByteSource, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof InputError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`Cannot read ${shard.name}: it is damaged (${reason})`, { cause: error });
  }
}

function asyncBuffer(shard: ByteSource) {
  return {
    byteLength: shard.size,
    slice: async (start: number, end = shard.size) =>
      (await readBytes(shard, start, end - start)).buffer,
  };
}

/** Returns the top-level columns of numbers and of lists of numbers. */
function numberColumns(schema: SchemaTree): ParquetColumn[] {
  return schema.children.flatMap((column) => {
    const { name, repetition_type: repetition } = column.element;
    const leaf = listElement(column) ?? column;
    const dtype = dtypeOf(leaf);
    if (dtype === undefined) return [];
    return [{ name, list: leaf !== column || repetition === "REPEATED", dtype }];
  });
}

/** Returns the element of a list column, in the three-level or the older two-level layout. */
function listElement({ element, children }: SchemaTree): SchemaTree | undefined {
  const [repeated] = children;
  if (element.converted_type !== "LIST" || children.length !== 1) return undefined;
  if (repeated?.element.repetition_type !== "REPEATED") return undefined;
  return repeated.children.length === 1 ? repeated.children[0] : repeated;
}

/** Returns the element type of a leaf of numbers, or undefined for other columns. */
function dtypeOf({ element, children }: SchemaTree): string | undefined {
  if (children.length > 0) return undefined;
  const { type, converted_type: converted, logical_type: logical } = element;
  switch (type) {
    case "FLOAT":
      return "f32";
    case "DOUBLE":
      return "f64";
    case "BOOLEAN":
      return "bool";
    case "INT32":
    case "INT64":
      // Dates, times and decimals are also stored as integers.
      if (converted !== undefined && !/^U?INT_/.test(converted)) return undefined;
      if (logical !== undefined && logical.type !== "INTEGER") return undefined;
      return type === "INT32" ? "i32" : "i64";
    case "FIXED_LEN_BYTE_ARRAY":
      return logical?.type === "FLOAT16" ? "f16" : undefined;
    default:
      return undefined;
  }
}

function checkSameColumns(
  name: string,
  columns: readonly ParquetColumn[],
  firstName: string,
  expected: readonly ParquetColumn[],
): void {
  const text = (all: readonly ParquetColumn[]) =>
    all.map(({ name, list }) => list ? `${name} (lists)` : name).join(", ") || "none";
  if (text(columns) !== text(expected)) {
    throw new InputError(
      `Cannot use ${name}: its columns of numbers are ${text(columns)}, ` +
        `and those of ${firstName} are ${text(expected)}`,
    );
  }
}
