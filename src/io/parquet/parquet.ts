/**
 * Parquet files, alone or as the shards of one pool, through hyparquet, which is loaded only when a
 * parquet file is opened. Columns are decoded as they are needed, a row group or less at a time.
 *
 * @module
 */

import type { Compressors, FileMetaData, SchemaTree } from "hyparquet";
import { InputError } from "../../errors.ts";
import { type ByteSource, readBytes } from "../bytes.ts";

/** A top-level column that holds numbers. */
export interface ParquetColumn {
  /** Its name. */
  readonly name: string;
  /** Whether each row holds a list of numbers, or one. */
  readonly list: boolean;
  /** The element type: "f16", "f32", "f64", "i32", "i64" or "bool". */
  readonly dtype: string;
}

/** Rows that a file keeps together. */
export interface RowGroup {
  /** The first of them, counted over all shards. */
  readonly first: number;
  /** How many there are. */
  readonly rows: number;
  /** Whether part of a column can be read without decoding all of it: the file has an index. */
  indexed(column: string): boolean;
  /**
   * Decodes rows `from` to `to` (exclusive) of one column, counted from the group's first.
   *
   * @returns One value per row: a number, a bigint, a boolean, a list of those, or null.
   * @throws {InputError} The column is damaged, or its compression is not known.
   */
  column(name: string, from: number, to: number): Promise<ArrayLike<unknown>>;
}

/** One or several parquet files as one table. */
export interface ParquetTable {
  /** What messages call it. */
  readonly name: string;
  /** Number of rows in all shards. */
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
 * @param shards The files, whose rows follow each other.
 * @param name What messages call them together.
 * @throws {InputError} One is not a parquet file, is truncated or damaged, or has other columns of
 * numbers than the first.
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
        // A new scan each time: a scan keeps what it decoded last, many times the size of float32.
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

/** Runs hyparquet, whose errors are plain. */
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

/** The top-level columns of numbers and of lists of numbers. */
function numberColumns(schema: SchemaTree): ParquetColumn[] {
  return schema.children.flatMap((column) => {
    const { name, repetition_type: repetition } = column.element;
    const leaf = listElement(column) ?? column;
    const dtype = dtypeOf(leaf);
    if (dtype === undefined) return [];
    return [{ name, list: leaf !== column || repetition === "REPEATED", dtype }];
  });
}

/** The element of a list column, in the three-level layout of today or the two-level one of old. */
function listElement({ element, children }: SchemaTree): SchemaTree | undefined {
  const [repeated] = children;
  if (element.converted_type !== "LIST" || children.length !== 1) return undefined;
  if (repeated?.element.repetition_type !== "REPEATED") return undefined;
  return repeated.children.length === 1 ? repeated.children[0] : repeated;
}

/** The element type of a leaf of plain numbers, or undefined. */
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
      // Dates, times and decimals are stored as integers too.
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
