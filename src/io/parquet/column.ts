/**
 * Rows of a column of a parquet file, decoded from its pages.
 *
 * @module
 */

import { type ByteSource, readBytes } from "../bytes.ts";
import { expandLimit, expandsTooFar } from "../compressed/limits.ts";
import type { ColumnChunk } from "./footer.ts";
import { type PagePlace, pagePlaces } from "./page-index.ts";
import { type Page, readPage, type Unpack } from "./pages.ts";
import { Malformed } from "./thrift.ts";
import { type ColumnRows, type Levels, PageRows } from "./rows-of-pages.ts";
import {
  type ColumnValues,
  decodePlain,
  ENCODING,
  numbersFor,
  type NumberType,
  widthOf,
} from "./values.ts";

/** A column in a row group, and how to read it. */
export interface ColumnReader {
  readonly source: ByteSource;
  readonly chunk: ColumnChunk;
  readonly type: NumberType;
  readonly levels: Levels;
  readonly unpack: Unpack;
  /** The number of rows of the row group. */
  readonly rows: number;
  /** The option for the largest size of decoded data. */
  readonly maxExpandBytes: number | undefined;
}

/**
 * Decodes rows of a column.
 *
 * @param reader the column
 * @param from the index in the row group of the first row
 * @param to the index in the row group after the last row
 * @throws {Malformed} if the column is damaged
 */
export async function readColumn(
  reader: ColumnReader,
  from: number,
  to: number,
): Promise<ColumnRows> {
  const { source, chunk, rows } = reader;
  const places = from === 0 && to === rows ? undefined : await pagePlaces(source, chunk, rows);
  if (places === undefined) {
    const bytes = await readBytes(source, chunk.start, chunk.size);
    const all = decodeChunk(reader, bytes, undefined, rows, chunk.values);
    return slice(all, from, to);
  }
  const first = places.findLastIndex(({ row }) => row <= from);
  const after = places.findIndex(({ row }) => row >= to);
  const chosen = places.slice(first, after < 0 ? places.length : after);
  const next = places[first + chosen.length];
  const begin = chosen[0]!.offset;
  const end = chosen.at(-1)!.offset + chosen.at(-1)!.size;
  const bytes = await readBytes(source, begin, end - begin);
  const dictionary = chunk.start < chunk.dataStart
    ? decodeDictionary(reader, await readBytes(source, chunk.start, chunk.dataStart - chunk.start))
    : undefined;
  const base = chosen[0]!.row;
  const count = (next?.row ?? rows) - base;
  const decoded = decodeChunk(reader, bytes, dictionary, count, undefined);
  checkPlaces(decoded.ends, chosen, begin, base);
  return slice(decoded, from - base, to - base);
}

/** Decodes the page of a dictionary that lies before the pages of data. */
function decodeDictionary(reader: ColumnReader, bytes: Uint8Array): ColumnValues {
  const page = readPage(bytes, 0, reader.unpack, limitOf(reader));
  if (page.kind !== "dictionary" || page.end !== bytes.length) {
    throw new Malformed("its dictionary is not where it should be");
  }
  return dictionaryOf(page, reader.type);
}

/** Decodes the page of a dictionary. */
export function dictionaryOf({ content, values, encoding }: Page, type: NumberType): ColumnValues {
  if (encoding !== ENCODING.PLAIN && encoding !== ENCODING.PLAIN_DICTIONARY) {
    throw new Malformed("its dictionary has an unknown encoding");
  }
  if (values * widthOf(type) > content.length) throw new Malformed("its dictionary ends early");
  const dictionary = numbersFor(type, values);
  decodePlain(content, type, dictionary);
  return dictionary;
}

/** Decoded rows with the positions in the bytes after each page, and the rows before them. */
interface DecodedPages extends ColumnRows {
  readonly ends: readonly { readonly at: number; readonly row: number }[];
}

/**
 * Decodes pages that follow each other.
 *
 * @param dictionary the dictionary, if it is not the first page
 * @param rows the number of rows that they must have
 * @param values the number of values that they must have; undefined if that is not known
 */
function decodeChunk(
  reader: ColumnReader,
  bytes: Uint8Array,
  dictionary: ColumnValues | undefined,
  rows: number,
  values: number | undefined,
): DecodedPages {
  const limit = limitOf(reader);
  const tooFar = () => expandsTooFar(reader.source.name, reader.chunk.size, limit);
  if (8 * rows > limit) throw tooFar();
  const parts = new PageRows(reader.type, reader.levels, rows);
  const ends: { at: number; row: number }[] = [];
  let at = 0;
  let seen = 0;
  let pages = 0;
  while (at < bytes.length) {
    const page = readPage(bytes, at, reader.unpack, limit);
    at = page.end;
    if (page.kind === "dictionary") {
      if (pages > 0 || dictionary) throw new Malformed("its dictionary is not the first page");
      dictionary = dictionaryOf(page, reader.type);
    } else if (page.kind !== "other") {
      seen += page.values;
      // Without lists a row is a value, and a longer page is damaged.
      if (!reader.levels.list && seen > rows) throw new Malformed("it has too many rows");
      if (8 * seen > limit) throw tooFar();
      parts.add(page, dictionary);
      ends.push({ at, row: parts.rows });
    }
    pages++;
  }
  if (values !== undefined && seen !== values) {
    throw new Malformed(`it has ${seen} values, and its description says ${values}`);
  }
  return { ...parts.finish(), ends };
}

/** Checks that the pages are those of the index. */
function checkPlaces(
  ends: readonly { at: number; row: number }[],
  places: readonly PagePlace[],
  begin: number,
  base: number,
): void {
  const same = ends.length === places.length && ends.every(({ at }, i) => {
    const { offset, size } = places[i]!;
    const row = places[i + 1]?.row;
    return begin + at === offset + size && (row === undefined || base + ends[i]!.row === row);
  });
  if (!same) throw new Malformed("its pages are not those of its index");
}

/** The size that a column may be decoded to. */
export function limitOf({ chunk, maxExpandBytes }: ColumnReader): number {
  return expandLimit(chunk.size, maxExpandBytes);
}

/** Returns a part of the rows, without a copy. */
function slice(rows: ColumnRows, from: number, to: number): ColumnRows {
  return {
    values: rows.values,
    nulls: rows.nulls,
    starts: rows.starts.subarray(from, to + 1),
    nullRows: rows.nullRows?.subarray(from, to),
  };
}
