/**
 * Rows of a column of a parquet file without an index of its pages. They are decoded one page after
 * another, and what the pages before held is forgotten, so that a row group of any size is read in
 * little memory.
 *
 * @module
 */

import { readBytes } from "../bytes.ts";
import { expandsTooFar } from "../compressed/limits.ts";
import { type ColumnReader, dictionaryOf, limitOf } from "./column.ts";
import { type Page, pageSize, readPage } from "./pages.ts";
import { type ColumnRows, PageRows } from "./rows-of-pages.ts";
import { Malformed } from "./thrift.ts";
import type { ColumnValues } from "./values.ts";

/** The number of bytes that are read first of a page, for its header. */
const HEADER_BYTES = 4096;

/** A page that begins with a row, and what is before it. */
interface Place {
  /** The position in the column, in bytes. */
  readonly at: number;
  /** The number of rows, elements and levels before it. */
  readonly rows: number;
  readonly length: number;
  readonly seen: number;
}

/** A walk over the pages of a column in a row group. */
export class ColumnWalk {
  readonly #rows: PageRows;
  readonly #limit: number;
  /** The pages that may be gone back to, in order. */
  readonly #places: Place[] = [];
  #dictionary: ColumnValues | undefined;
  #at = 0;
  #seen = 0;
  /** The first row whose elements are kept. */
  #kept = 0;
  /** The reads so far, which take turns: each goes on where the one before it stopped. */
  #reads: Promise<unknown> = Promise.resolve();

  /** Starts at the first page. */
  constructor(private readonly reader: ColumnReader) {
    this.#limit = limitOf(reader);
    if (8 * reader.rows > this.#limit) throw this.#tooFar();
    this.#rows = new PageRows(reader.type, reader.levels, reader.rows);
  }

  /**
   * Decodes rows; those that follow the last ones are read fastest.
   *
   * @param from the index in the row group of the first row
   * @param to the index in the row group after the last row
   * @throws {Malformed} if the column is damaged
   */
  async read(from: number, to: number): Promise<ColumnRows> {
    const rows = this.#reads.then(() => this.#read(from, to));
    this.#reads = rows.catch(() => {});
    return await rows;
  }

  async #read(from: number, to: number): Promise<ColumnRows> {
    const { chunk } = this.reader;
    if (from < this.#kept) {
      const { at, rows, length, seen } = this.#places.findLast(({ rows }) => rows <= from)!;
      [this.#at, this.#seen, this.#kept] = [at, seen, rows];
      this.#rows.goTo(rows, length);
    }
    // The last row of a page may go on in the next one.
    while (this.#rows.rows <= to && this.#at < chunk.size) {
      await this.#next();
      if (this.#rows.rows > from) this.#forget(from);
      else if (this.#rows.rows > 0) this.#forget(this.#rows.rows - 1);
    }
    if (this.#at >= chunk.size) {
      if (this.#seen !== chunk.values) {
        const { values } = chunk;
        throw new Malformed(`it has ${this.#seen} values, and its description says ${values}`);
      }
      this.#rows.end();
    }
    return this.#rows.window(from, to);
  }

  #forget(row: number): void {
    if (row <= this.#kept) return;
    this.#rows.forget(row);
    this.#kept = row;
  }

  /** Adds the next page. */
  async #next(): Promise<void> {
    const page = await this.#page();
    if (page.kind === "dictionary") {
      if (this.#at > 0) throw new Malformed("its dictionary is not the first page");
      this.#dictionary = dictionaryOf(page, this.reader.type);
    } else if (page.kind !== "other") {
      const { rows, length } = this.#rows;
      const place = { at: this.#at, rows, length, seen: this.#seen };
      this.#seen += page.values;
      if (!this.reader.levels.list && this.#seen > this.reader.rows) {
        throw new Malformed("it has too many rows");
      }
      if (8 * this.#seen > this.#limit) throw this.#tooFar();
      const begins = this.#rows.add(page, this.#dictionary);
      if (begins && !(this.#places.at(-1)?.at! >= place.at)) this.#places.push(place);
    }
    this.#at += page.end;
  }

  async #page(): Promise<Page> {
    const { source, chunk, unpack } = this.reader;
    const left = chunk.size - this.#at;
    const read = (size: number) => readBytes(source, chunk.start + this.#at, Math.min(size, left));
    const size = pageSize(await read(HEADER_BYTES)) ?? left;
    return readPage(await read(size), 0, unpack, this.#limit);
  }

  #tooFar(): Error {
    const { source, chunk } = this.reader;
    return expandsTooFar(source.name, chunk.size, this.#limit);
  }
}
