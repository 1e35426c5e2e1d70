/**
 * Tables of numbers as text: comma, semicolon or tab separated, with or without a header line.
 *
 * Text has to be parsed to the end before the number of rows is known, so unlike the binary formats
 * a table is held in memory, as float64.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import { type ByteSource, readBytes } from "../bytes.ts";
import { gunzip, isGzip } from "../compressed/gzip.ts";
import { checkRows, checkShape, firstNonFinite, nonFinite, type RowSource } from "../rows.ts";

/** A table of finite numbers. */
export interface CsvTable {
  /** What messages call it: the file's name. */
  readonly name: string;
  /** The column names, if the first line held any. */
  readonly header: readonly string[] | undefined;
  /** Number of rows, the header not counted; may be 0. */
  readonly rows: number;
  /** Number of columns. */
  readonly columns: number;
  /** `[rows, columns]` in C order. */
  readonly values: Float64Array;
}

/** Bytes turned into text at a time. */
const chunkBytes = 1 << 20;

/**
 * Reads a table of numbers. The first line is a header if any of its cells is neither empty nor a
 * number. Cells may be quoted, lines may end in CR LF, and blank lines at the end are ignored.
 *
 * @param source The text in UTF-8, or gzip of it.
 * @throws {InputError} A line has another number of cells than the first, a cell is not a finite
 * number (the message names line and column, both from 1), a quote is not closed, a line before the
 * last is blank, or the file is empty.
 */
export async function readCsv(source: ByteSource): Promise<CsvTable> {
  const { name } = source;
  const head = await readBytes(source, 0, Math.min(2, source.size));
  const text = isGzip(head) ? await gunzip(source) : source;
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
      // NaN and infinity fail here too: of text the line can be named.
      if (value - value !== 0) throw notFinite(name, cells[column]!, line, column + 1);
      values.data[at + column] = value;
    }
  }
  if (columns === 0) throw new InputError(`Cannot read ${name}: it is empty`);
  return { name, header, rows: values.length / columns, columns, values: values.trimmed() };
}

/**
 * Some columns of a table as rows.
 *
 * @param table The table.
 * @param name What messages call it, such as "features in pool.csv".
 * @param chosen The columns, from 0; all if left out.
 * @throws {InputError} There are no rows or no columns.
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
 * One column of a table.
 *
 * @returns `[rows]`.
 */
export function csvColumn(table: CsvTable, column: number): Float64Array<ArrayBuffer> {
  return Float64Array.from(
    { length: table.rows },
    (_, row) => table.values[row * table.columns + column]!,
  );
}

/** Lines with their number from 1; a line break inside quotes does not end a line. */
async function* records(
  source: ByteSource,
): AsyncGenerator<{ line: number; content: string }, void, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  let line = 0;
  let open = "";
  let openLine = 0;
  for (let at = 0; at <= source.size; at += chunkBytes) {
    const last = at + chunkBytes > source.size;
    const bytes = await readBytes(source, at, Math.min(chunkBytes, source.size - at));
    const lines = (rest + decoder.decode(bytes, { stream: !last })).split("\n");
    rest = last ? "" : lines.pop()!;
    for (const physical of lines) {
      line++;
      if (open === "") openLine = line;
      const content = open === "" ? physical : `${open}\n${physical}`;
      if (content.includes('"') && quotes(content) % 2 === 1) {
        open = content;
        continue;
      }
      open = "";
      // The CR of a CR LF goes when the cells are trimmed.
      yield { line: openLine, content };
    }
  }
  if (open !== "") {
    throw new InputError(`Cannot read ${source.name}: the quote in line ${openLine} is not closed`);
  }
}

function quotes(text: string): number {
  let count = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) count++;
  return count;
}

/** Tab before semicolon before comma: where the first two occur, a comma may be a decimal comma. */
function delimiterOf(line: string): string {
  const bare = line.replace(/"[^"]*"/g, "");
  return bare.includes("\t") ? "\t" : bare.includes(";") ? ";" : ",";
}

/** The trimmed cells of a line. */
function split(line: string, delimiter: string): string[] {
  if (!line.includes('"')) return line.split(delimiter).map((cell) => cell.trim());
  const cells: string[] = [];
  let cell = "";
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const char = line[i]!;
    if (char === '"') {
      // Two quotes inside quotes stand for one.
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

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const infinite = /^[+-]?inf(?:inity)?$/i;

/** The number in a cell, or NaN. `Number` alone would take "" for 0 and "0x10" for 16. */
function numberIn(cell: string): number {
  if (decimal.test(cell)) return Number(cell);
  return infinite.test(cell) ? Infinity : NaN;
}

/**
 * Whether a cell of the first line names a column. A missing value or a decimal comma there is an
 * error to report, not a header: taken for one, the pool would silently lose its first row.
 */
function isHeading(cell: string): boolean {
  return Number.isNaN(numberIn(cell)) && !/^(?:[+-]?nan|[+-]?[\d.,]*)$/i.test(cell);
}

function notFinite(name: string, cell: string, line: number, column: number): InputError {
  const where = `line ${line}, column ${column}`;
  if (cell === "") return new InputError(`Cannot read ${name}: the cell at ${where} is empty`);
  const shown = cell.length > 40 ? `${cell.slice(0, 40)}...` : cell;
  return new InputError(`Cannot read ${name}: '${shown}' at ${where} is not a finite number`);
}

/** Float64 values whose number is not known yet. */
class Growing {
  data = new Float64Array(1024);
  length = 0;

  /** Makes room for `count` more values and returns the index of the first. */
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
