/**
 * The columns of numbers, and of lists of numbers, in the schema of a parquet file.
 *
 * @module
 */

import type { Levels } from "./rows-of-pages.ts";
import { type SchemaNode, TYPE } from "./footer.ts";
import { Malformed } from "./thrift.ts";
import type { NumberType } from "./values.ts";

/** A top-level column of numbers or of lists of numbers. */
export interface NumberColumn {
  /** The name. */
  readonly name: string;
  /** Whether each row contains a list of numbers, not a number. */
  readonly list: boolean;
  /** The element type: "f16", "f32", "f64", "i32", "i64" or "bool". */
  readonly dtype: string;
  /** The type in the file. */
  readonly type: NumberType;
  /** What the levels mean. */
  readonly levels: Levels;
  /** The index among all columns of the file. */
  readonly leaf: number;
}

/** The numbers of annotations: LIST, and the first and last of the integers. */
const CONVERTED = { LIST: 3, UINT_8: 11, INT_8: 15, INT_64: 18 } as const;

/** The fields of the union of newer annotations. */
const LOGICAL = { LIST: 3, INTEGER: 10, FLOAT16: 15 } as const;

/**
 * Returns the columns of numbers.
 *
 * @param schema the root of the schema
 * @throws {Malformed} if two of them have the same name, or one has a type that is not possible
 */
export function numberColumns(schema: SchemaNode): NumberColumn[] {
  const columns = schema.children.flatMap((column): NumberColumn[] => {
    const element = listElement(column) ?? column;
    const numbers = numberType(element);
    if (numbers === undefined) return [];
    const list = element !== column || column.repetition === "repeated";
    // A repeated column without a list around it is never null; its level 0 is an empty list.
    const present = column.repetition === "optional" ? 1 : 0;
    const nullable = element !== column && element.repetition === "optional" ? 1 : 0;
    const levels = { list, present, value: present + (list ? 1 : 0) + nullable };
    return [{ name: column.name, list, ...numbers, levels, leaf: element.leaf }];
  });
  const names = new Set<string>();
  for (const { name } of columns) {
    if (names.has(name)) throw new Malformed("two of its columns have the same name");
    names.add(name);
  }
  return columns;
}

/** Returns the element of a list column, in the three-level or the older two-level layout. */
function listElement(column: SchemaNode): SchemaNode | undefined {
  const { children, converted, logical, repetition } = column;
  const [repeated] = children;
  const annotated = converted === CONVERTED.LIST || logical?.struct(LOGICAL.LIST) !== undefined;
  if (!annotated) return undefined;
  if (children.length !== 1 || repeated?.repetition !== "repeated") {
    throw new Malformed("a list has no repeated element");
  }
  if (repetition === "repeated") return undefined;
  if (repeated.children.length === 0) return repeated;
  const [element] = repeated.children;
  if (repeated.children.length !== 1 || element?.repetition === "repeated") return undefined;
  return element;
}

/** Returns the type of a column of numbers, or undefined for other columns. */
function numberType(
  node: SchemaNode,
): { dtype: string; type: NumberType } | undefined {
  const { type, converted, logical, children } = node;
  if (children.length > 0 || type === undefined) return undefined;
  const plain = { physical: type, unsigned: false, bits: 64 };
  switch (type) {
    case TYPE.FLOAT:
    case TYPE.DOUBLE:
    case TYPE.BOOLEAN: {
      if (converted !== undefined || logical !== undefined) {
        throw new Malformed("a column of floats or booleans is annotated as something else");
      }
      const dtype = type === TYPE.FLOAT ? "f32" : type === TYPE.DOUBLE ? "f64" : "bool";
      return { dtype, type: plain };
    }
    case TYPE.INT32:
    case TYPE.INT64:
      return integerType(node, type);
    case TYPE.FIXED_LEN_BYTE_ARRAY: {
      if (!logical?.struct(LOGICAL.FLOAT16)) return undefined;
      if (node.typeLength !== 2) throw new Malformed("a half float does not have 2 bytes");
      return { dtype: "f16", type: plain };
    }
    default:
      return undefined;
  }
}

/** Dates, times and decimals are also stored as integers, and are no numbers. */
function integerType(
  { converted, logical }: SchemaNode,
  physical: number,
): { dtype: string; type: NumberType } | undefined {
  const own = physical === TYPE.INT32 ? 32 : 64;
  const dtype = `i${own}`;
  let bits: number = own;
  let unsigned = false;
  if (logical !== undefined) {
    const integer = logical.struct(LOGICAL.INTEGER);
    if (integer === undefined) return undefined;
    bits = integer.byte(1) ?? 0;
    unsigned = integer.bool(2) === false;
  } else if (converted !== undefined) {
    if (converted < CONVERTED.UINT_8 || converted > CONVERTED.INT_64) return undefined;
    unsigned = converted < CONVERTED.INT_8;
    bits = 8 << ((converted - CONVERTED.UINT_8) % 4);
  }
  if (![8, 16, 32, 64].includes(bits) || (bits === 64) !== (own === 64)) {
    throw new Malformed(`a column of ${own}-bit integers is annotated as ${bits} bits`);
  }
  return { dtype, type: { physical, unsigned, bits } };
}
