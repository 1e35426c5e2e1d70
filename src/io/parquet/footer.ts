/**
 * The footer of a parquet file: its schema, and where the columns of its row groups lie. Everything
 * that a reader relies on is checked here.
 *
 * The format is Apache Parquet's `parquet.thrift`, version 2.
 *
 * @module
 */

import { Malformed, type Struct, ThriftReader } from "./thrift.ts";
import { checkedLogical, checkUnread, checkUnreadChunk, needed } from "./unread-fields.ts";

/** The numbers of the physical types. */
export const TYPE = {
  BOOLEAN: 0,
  INT32: 1,
  INT64: 2,
  INT96: 3,
  FLOAT: 4,
  DOUBLE: 5,
  BYTE_ARRAY: 6,
  FIXED_LEN_BYTE_ARRAY: 7,
} as const;

/** A column or a group of columns. */
export interface SchemaNode {
  /** The name. */
  readonly name: string;
  /** How often it occurs in a row: once, at most once, or any number of times. */
  readonly repetition: "required" | "optional" | "repeated";
  /** The physical type of a column; undefined for a group. */
  readonly type: number | undefined;
  /** The length in bytes of fixed-length values. */
  readonly typeLength: number | undefined;
  /** The older annotation, `ConvertedType`. */
  readonly converted: number | undefined;
  /** The newer annotation, the union `LogicalType`. */
  readonly logical: Struct | undefined;
  /** The members of a group; empty for a column. */
  readonly children: readonly SchemaNode[];
  /** The index of its first column among all columns. */
  readonly leaf: number;
}

/** The part of a column in a row group. */
export interface ColumnChunk {
  /** The number of its compression. */
  readonly codec: number;
  /** The number of values, nulls and empty lists counted. */
  readonly values: number;
  /** The position of its first page. */
  readonly start: number;
  /** The length of all pages with their headers, in bytes. */
  readonly size: number;
  /** The position of the first page of data. */
  readonly dataStart: number;
  /** The position and length of its index, if the file has one. */
  readonly index: { readonly offset: number; readonly length: number } | undefined;
}

/** A row group. */
export interface GroupEntry {
  /** The number of rows. */
  readonly rows: number;
  /** The columns, in the order of the schema. */
  readonly columns: readonly ColumnChunk[];
}

/** The footer of a file. */
export interface Footer {
  /** The root of the schema, a group. */
  readonly schema: SchemaNode;
  /** The row groups. */
  readonly groups: readonly GroupEntry[];
}

/** The largest depth of a schema. */
const MAX_SCHEMA_DEPTH = 64;

/**
 * Parses a footer.
 *
 * @param bytes the footer, without its length and the magic bytes
 * @param dataSize the number of bytes before it
 * @throws {Malformed} if it is damaged
 */
export function parseFooter(bytes: Uint8Array, dataSize: number): Footer {
  const file = new ThriftReader(bytes).struct();
  if (file.has(8)) throw new Malformed("it is encrypted");
  needed(file.i32(1), "version");
  const elements = needed(file.structs(2), "schema");
  const total = count(file.i64(3), "number of rows");
  const { schema, leaves } = parseSchema(elements);
  const groups = needed(file.structs(4), "row groups").map((group): GroupEntry => {
    const columns = needed(group.structs(1), "columns");
    needed(group.i64(2), "size of a row group");
    if (columns.length !== leaves.length) throw new Malformed("a row group lacks columns");
    return {
      rows: count(group.i64(3), "number of rows"),
      columns: columns.map((column, i) => parseChunk(column, leaves[i]!, dataSize)),
    };
  });
  checkUnread(file, leaves.length);
  const rows = groups.reduce((sum, group) => sum + group.rows, 0);
  if (rows !== total) {
    throw new Malformed(`it has ${total} rows, and its row groups have ${rows}`);
  }
  return { schema, groups };
}

/** A column of the schema with its path. */
interface Leaf {
  readonly node: SchemaNode;
  readonly path: readonly string[];
}

function parseSchema(elements: readonly Struct[]): { schema: SchemaNode; leaves: Leaf[] } {
  const leaves: Leaf[] = [];
  let at = 0;
  const parse = (path: readonly string[], depth: number): SchemaNode => {
    const element = elements[at++];
    if (element === undefined) throw new Malformed("its schema ends early");
    if (depth > MAX_SCHEMA_DEPTH) throw new Malformed("its schema is nested too deeply");
    const repetition = (["required", "optional", "repeated"] as const)[element.i32(3) ?? 0];
    const name = needed(element.text(4), "name of a column");
    const type = element.i32(1);
    const length = element.i32(5) ?? 0;
    if (repetition === undefined || length < 0 || length > elements.length) {
      throw new Malformed("its schema is wrong");
    }
    const own = depth === 0 ? [] : [...path, name];
    const children: SchemaNode[] = [];
    const leaf = leaves.length;
    const node: SchemaNode = {
      name,
      repetition,
      type: length === 0 ? type : undefined,
      typeLength: element.i32(2),
      converted: element.i32(6),
      logical: checkedLogical(element.struct(10), length > 0),
      children,
      leaf,
    };
    if (length === 0 && depth > 0) {
      if (type === undefined || type < 0 || type > TYPE.FIXED_LEN_BYTE_ARRAY) {
        throw new Malformed("a column has no type");
      }
      leaves.push({ node, path: own });
    }
    for (let i = 0; i < length; i++) children.push(parse(own, depth + 1));
    return node;
  };
  const schema = parse([], 0);
  if (at !== elements.length) throw new Malformed("its schema has more columns than it says");
  return { schema, leaves };
}

function parseChunk(column: Struct, leaf: Leaf, dataSize: number): ColumnChunk {
  const chunk = needed(column.struct(3), "description of a column");
  needed(column.i64(2), "position of a column");
  needed(chunk.i32s(2), "encodings of a column");
  if (column.has(1)) throw new Malformed("a column lies in another file");
  if (column.has(8) || column.has(9)) throw new Malformed("a column is encrypted");
  const path = needed(chunk.texts(3), "path of a column");
  if (chunk.i32(1) !== leaf.node.type || path.join("\0") !== leaf.path.join("\0")) {
    throw new Malformed("a column is not that of the schema");
  }
  checkUnreadChunk(chunk);
  count(chunk.i64(6), "size of a column");
  const dataStart = count(chunk.i64(9), "position of a column");
  const dictionary = chunk.i64(11) ?? 0;
  const start = dictionary > 0 && dictionary < dataStart ? dictionary : dataStart;
  const size = count(chunk.i64(7), "size of a column");
  if (start < 4 || start + size > dataSize) throw new Malformed("a column lies outside the file");
  const offset = column.i64(4);
  const length = column.i32(5);
  return {
    codec: needed(chunk.i32(4), "compression of a column"),
    values: count(chunk.i64(5), "number of values"),
    start,
    size,
    dataStart,
    index: offset === undefined || length === undefined ? undefined : { offset, length },
  };
}

/** Returns a number that counts something. */
function count(value: number | undefined, what: string): number {
  const found = needed(value, what);
  if (!Number.isSafeInteger(found) || found < 0) throw new Malformed(`the ${what} is ${found}`);
  return found;
}
