/**
 * The index of the pages of a column, with which parts of a row group are read.
 *
 * @module
 */

import { type ByteSource, readBytes } from "../bytes.ts";
import type { ColumnChunk } from "./footer.ts";
import { Malformed, ThriftReader } from "./thrift.ts";

/** Where a page lies. */
export interface PagePlace {
  /** The position of its header. */
  readonly offset: number;
  /** The length with its header, in bytes. */
  readonly size: number;
  /** The index in the row group of its first row. */
  readonly row: number;
}

/**
 * Reads the places of the pages of a column.
 *
 * @param source the file
 * @param chunk the column
 * @param rows the number of rows of the row group
 * @returns the places, or undefined if there is no index
 * @throws {Malformed} if the index is damaged: the pages must follow each other without a gap
 */
export async function pagePlaces(
  source: ByteSource,
  chunk: ColumnChunk,
  rows: number,
): Promise<PagePlace[] | undefined> {
  if (chunk.index === undefined) return undefined;
  const { offset, length } = chunk.index;
  const struct = new ThriftReader(await readBytes(source, offset, length)).struct();
  const places = (struct.structs(1) ?? []).map((place): PagePlace => ({
    offset: place.i64(1) ?? NaN,
    size: place.i32(2) ?? NaN,
    row: place.i64(3) ?? NaN,
  }));
  let at = chunk.dataStart;
  let row = -1;
  for (const place of places) {
    const follows = place.offset === at && place.size > 0 && place.row > row && place.row < rows;
    if (!follows) throw new Malformed("its index is damaged");
    at += place.size;
    row = place.row;
  }
  if (places[0]?.row !== 0 || at !== chunk.start + chunk.size) {
    throw new Malformed("its index is damaged");
  }
  return places;
}
