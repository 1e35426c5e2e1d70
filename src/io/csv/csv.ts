/**
 * Tables of numbers as text: comma, semicolon or tab separated, with or without a header line.
 *
 * The number of rows is known only after the whole text is parsed, so that tables, unlike binary
 * formats, are held in memory, as float64.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import { shortened } from "../../shortened.ts";
import { type ByteSource, readBytes } from "../bytes.ts";
import { gunzip, type GunzipOptions, isGzip } from "../compressed/gzip.ts";
import { checkRows, checkShape, firstNonFinite, nonFinite, type RowSource } from "../rows.ts";

/** A table of finite numbers. */
export interface CsvTable {
  /** The name in error messages: that of the file. */
  readonly name: string;
  /** The names of the columns, if the first line is a header. */
  readonly header: readonly string[] | undefined;
  /** The number of rows, the header not counted; may be 0. */
  readonly rows: number;
  /** The number of columns. */
  readonly columns: number;
  /** The values, `[rows, columns]` in C order. */
  readonly values: Float64Array;
}

/** The number of bytes that are decoded to text at a time. */
const CHUNK_BYTES = 1 << 20;

/** The most characters of a line: a row of three million numbers. */
const MAX_LINE_LENGTH = 1 << 26;

/**
 * Reads a table of numbers. The first line is a header if any of its cells is neither empty nor a
 * number. Cells may be quoted, lines may end in LF, CR LF or CR, and blank lines at the end are
 * ignored.
 *
 * @param source the text in UTF-8, or gzip of it
 * @param options how far gzip may expand
 * @throws {InputError} if a line has another number of cells than the first, a cell is not a finite
 * number (the message names line and column, both from 1), a quote is not closed, a line before the
 * last is blank, or the file is empty
 */
export async function readCsv(
  source: ByteSource,
  options: GunzipOptions = {},
): Promise<CsvTable> {
  const { name } = source;
  const head = await readBytes(source, 0, Math.min(2, source.size));
  const text = isGzip(head) ? await gunzip(source, options) : source;
  let delimiter = "";
  let header: string[] | undefined;
  let columns = 0;
  let firstLine = 0;
  let blank = 0;
  const values = new Growing();
  for await (const { line, content } of records(text)) {
    if (content.trim() === "") {
      blank ||= line;
      continue;
    }
    if (blank > 0 && columns > 0) {
      throw new InputError(`Cannot read ${name}: line ${blank} is blank`);
    }
    blank = 0;
    delimiter ||= delimiterOf(content);
    const cells = split(content, delimiter);
    if (columns === 0) {
      columns = cells.length;
      firstLine = line;
      if (cells.some(isHeading)) {
        header = cells;
        continue;
      }
    }
    if (cells.length !== columns) {
      throw new InputError(
        `Cannot read ${name}: line ${line} has ${cells.length} cells, ` +
          `and line ${firstLine} has ${columns}`,
      );
    }
    const at = values.extend(columns);
    for (let column = 0; column < columns; column++) {
      const value = numberIn(cells[column]!);
      // Checked here and not when rows are read, because the message can name the line.
      if (value - value !== 0) throw notFinite(name, cells[column]!, line, column + 1);
      values.data[at + column] = value;
    }
  }
  if (columns === 0) throw new InputError(`Cannot read ${name}: it is empty`);
  return { name, header, rows: values.length / columns, columns, values: values.trimmed() };
}

/**
 * Returns columns of a table as a row source.
 *
 * @param table the table
 * @param name the name in error messages, such as "features in pool.csv"
 * @param chosen the indices of the columns, from 0. Default: all columns
 * @throws {InputError} if there are no rows or no columns
 */
export function csvRows(table: CsvTable, name: string, chosen?: readonly number[]): RowSource {
  const { rows, values } = table;
  const from = chosen ?? Array.from({ length: table.columns }, (_, i) => i);
  const columns = from.length;
  checkShape(name, rows, columns);
  const source: RowSource = {
    name,
    rows,
    columns,
    dtype: "f64",
    // Async, so that an error is a rejection, as it is from the other formats.
    // deno-lint-ignore require-await
    async read(start, target) {
      checkRows(source, start, target);
      let at = 0;
      for (let row = start; at < target.length; row++) {
        for (const column of from) target[at++] = values[row * table.columns + column]!;
      }
      const bad = firstNonFinite(target);
      if (bad < 0) return;
      const row = start + Math.floor(bad / columns);
      throw nonFinite(source, start, bad, values[row * table.columns + from[bad % columns]!]!);
    },
  };
  return source;
}

/**
 * Returns a column of a table, `[rows]`.
 *
 * @param table the table
 * @param column the index of the column, from 0
 */
export function csvColumn(table: CsvTable, column: number): Float64Array<ArrayBuffer> {
  return Float64Array.from(
    { length: table.rows },
    (_, row) => table.values[row * table.columns + column]!,
  );
}

/**
 * Yields the lines and their numbers from 1; line breaks inside quotes do not end a line. Lines end
 * in LF, CR LF or CR. Every character is looked at once, however long a line is.
 */
async function* records(
  source: ByteSource,
): AsyncGenerator<{ line: number; content: string }, void, undefined> {
  const decoder = new TextDecoder();
  let pieces: string[] = [];
  let length = 0;
  let quoted = false;
  let line = 1;
  let openLine = 1;
  let held = "";
  for (let at = 0; at <= source.size; at += CHUNK_BYTES) {
    const last = at + CHUNK_BYTES > source.size;
    const bytes = await readBytes(source, at, Math.min(CHUNK_BYTES, source.size - at));
    let text = held + decoder.decode(bytes, { stream: !last });
    // A CR at the end of a chunk may be the first half of a CR LF.
    held = !last && text.endsWith("\r") ? "\r" : "";
    if (held) text = text.slice(0, -1);
    const lines = text.split(/\r\n|\r|\n/);
    for (const [i, part] of lines.entries()) {
      pieces.push(part);
      length += part.length;
      if (quotes(part) % 2 === 1) quoted = !quoted;
      if (length > MAX_LINE_LENGTH) {
        throw new InputError(
          `Cannot read ${source.name}: line ${openLine} is longer than ${MAX_LINE_LENGTH} characters`,
        );
      }
      if (i === lines.length - 1 && !last) break;
      line++;
      if (quoted && i < lines.length - 1) {
        pieces.push("\n");
        length++;
        continue;
      }
      if (quoted) break;
      yield { line: openLine, content: pieces.join("") };
      pieces = [];
      length = 0;
      openLine = line;
    }
  }
  if (quoted) {
    throw new InputError(`Cannot read ${source.name}: the quote in line ${openLine} is not closed`);
  }
}

function quotes(text: string): number {
  let count = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) count++;
  return count;
}

/** Tabs and semicolons take precedence: if they occur, commas may be decimal commas. */
function delimiterOf(line: string): string {
  const bare = line.replace(/"[^"]*"/g, "");
  return bare.includes("\t") ? "\t" : bare.includes(";") ? ";" : ",";
}

/** Splits a line into trimmed cells. */
function split(line: string, delimiter: string): string[] {
  if (!line.includes('"')) return line.split(delimiter).map((cell) => cell.trim());
  const cells: string[] = [];
  let cell = "";
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const char = line[i]!;
    if (char === '"') {
      // Two quotes inside quotes are an escaped quote.
      if (quoted && line[i + 1] === '"') cell += line[i++]!;
      else quoted = !quoted;
    } else if (char === delimiter && !quoted) {
      cells.push(cell.trim());
      cell = "";
    } else cell += char;
  }
  cells.push(cell.trim());
  return cells;
}

/** A decimal number. */
const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The names of infinity. */
const INFINITE = /^[+-]?inf(?:inity)?$/i;

/** Parses a number, or returns NaN. `Number` alone would parse "" as 0 and "0x10" as 16. */
function numberIn(cell: string): number {
  if (DECIMAL.test(cell)) return Number(cell);
  return INFINITE.test(cell) ? Infinity : NaN;
}

/**
 * Returns whether a cell of the first line is the name of a column. Missing values and decimal
 * commas are not names but errors: if they made the line a header, the pool would lose its first
 * row.
 */
function isHeading(cell: string): boolean {
  return Number.isNaN(numberIn(cell)) && !/^(?:[+-]?nan|[+-]?[\d.,]*)$/i.test(cell);
}

function notFinite(name: string, cell: string, line: number, column: number): InputError {
  const where = `line ${line}, column ${column}`;
  if (cell === "") return new InputError(`Cannot read ${name}: the cell at ${where} is empty`);
  const shown = shortened(cell, 40);
  return new InputError(`Cannot read ${name}: '${shown}' at ${where} is not a finite number`);
}

/** A growable array of float64 values. */
class Growing {
  data = new Float64Array(1024);
  length = 0;

  /** Appends `count` values and returns the index of the first. */
  extend(count: number): number {
    const at = this.length;
    this.length += count;
    if (this.length > this.data.length) {
      const larger = new Float64Array(Math.max(this.length, 2 * this.data.length));
      larger.set(this.data);
      this.data = larger;
    }
    return at;
  }

  trimmed(): Float64Array {
    return this.data.subarray(0, this.length);
  }
}
