/**
 * Checks of the fields in a parquet footer from which nothing is read: where one that the format
 * requires is missing, the footer is damaged, and other programs refuse it.
 *
 * @module
 */

import { Malformed, type Struct } from "./thrift.ts";

/** Returns a value that the format requires. */
export function needed<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Malformed(`the ${what} is missing`);
  return value;
}

/** Checks the metadata by keys, the orders of rows and those of columns. */
export function checkUnread(file: Struct, columns: number): void {
  checkKeys(file.structs(5));
  const orders = file.structs(7);
  if (orders !== undefined && orders.length !== columns) {
    throw new Malformed("it does not have an order for every column");
  }
  for (const group of file.structs(4) ?? []) {
    for (const order of group.structs(4) ?? []) {
      needed(order.i32(1), "column of an order");
      needed(order.bool(2), "direction of an order");
      needed(order.bool(3), "place of nulls in an order");
    }
  }
}

/** Checks the metadata by keys, the counts of encodings and the statistics of sizes of a column. */
export function checkUnreadChunk(chunk: Struct): void {
  checkKeys(chunk.structs(8));
  for (const entry of chunk.structs(13) ?? []) {
    for (const field of [1, 2, 3]) needed(entry.i32(field), "count of an encoding");
  }
  const sizes = chunk.struct(16);
  sizes?.i64s(2);
  sizes?.i64s(3);
}

function checkKeys(entries: readonly Struct[] | undefined): void {
  for (const entry of entries ?? []) needed(entry.text(1), "key of metadata");
}

/** The fields of the union of annotations that are for groups: map, list and variant. */
const OF_GROUPS = [2, 3, 16];

/** Checks the annotation of a column or a group of columns, and returns it. */
export function checkedLogical(logical: Struct | undefined, group: boolean): Struct | undefined {
  if (logical !== undefined && OF_GROUPS.some((field) => logical.struct(field)) !== group) {
    throw new Malformed("a column is annotated as a group, or a group as a column");
  }
  const decimal = logical?.struct(5);
  if (decimal) { for (const field of [1, 2]) needed(decimal.i32(field), "scale of a decimal"); }
  for (const field of [7, 8]) {
    const time = logical?.struct(field);
    if (time === undefined) continue;
    needed(time.bool(1), "time zone of a time");
    needed(time.struct(2), "unit of a time");
  }
  const integer = logical?.struct(10);
  if (integer) {
    needed(integer.byte(1), "width of an integer");
    needed(integer.bool(2), "sign of an integer");
  }
  return logical;
}
