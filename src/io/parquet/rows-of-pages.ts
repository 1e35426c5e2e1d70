/**
 * The rows that the pages of a column of a parquet file hold, collected page by page.
 *
 * A value has two levels: the definition level says how much of its path is there (a null, an empty
 * list, a value), and the repetition level whether it continues a list (Melnik et al., "Dremel",
 * VLDB 2010, section 4.1).
 *
 * @module
 */

import { decodeRuns } from "./levels.ts";
import type { Page } from "./pages.ts";
import { Malformed } from "./thrift.ts";
import {
  type ColumnValues,
  decodeValues,
  numbersFor,
  type NumberType,
  prefixed,
} from "./values.ts";

/** What the levels of a column mean. */
export interface Levels {
  /** Whether a row is a list. */
  readonly list: boolean;
  /** The definition level from which a row is not null. */
  readonly present: number;
  /** The definition level of a value; the largest one. */
  readonly value: number;
}

/** Decoded rows. */
export interface ColumnRows {
  /** The values of all rows, where nulls are NaN. */
  readonly values: ColumnValues;
  /** Which values are null; undefined if none is. */
  readonly nulls: Uint8Array | undefined;
  /** The first value of each row, and the number of values at the end. */
  readonly starts: Float64Array;
  /** Which rows are null instead of a list or a number; undefined if none is. */
  readonly nullRows: Uint8Array | undefined;
}

/** Collects the rows of pages that follow each other. */
export class PageRows {
  rows = 0;
  readonly #type: NumberType;
  readonly #levels: Levels;
  readonly #starts: Float64Array;
  #values: { at: number; values: ColumnValues }[] = [];
  #nulls: { at: number; nulls: Uint8Array }[] = [];
  #nullRows: Uint8Array | undefined;
  #length = 0;

  constructor(type: NumberType, levels: Levels, rows: number) {
    this.#type = type;
    this.#levels = levels;
    this.#starts = new Float64Array(rows + 1);
  }

  /** Adds the rows of a page, and returns whether it begins with a row. */
  add(page: Page, dictionary: ColumnValues | undefined): boolean {
    const { list, value } = this.#levels;
    let { content } = page;
    const repetition = list ? new Uint8Array(page.values) : undefined;
    const definition = value > 0 ? new Uint8Array(page.values) : undefined;
    const read = (target: Uint8Array | undefined, largest: number, own: Uint8Array | undefined) => {
      if (target === undefined) return;
      const runs = own ?? prefixed(content);
      if (own === undefined) content = content.subarray(4 + runs.length);
      decodeRuns(runs, 32 - Math.clz32(largest), target);
      if (target.some((level) => level > largest)) throw new Malformed("a level is too large");
    };
    read(repetition, 1, page.levels?.repetition);
    read(definition, value, page.levels?.definition);
    const before = this.rows;
    const { length, nulls } = this.#place(page.values, repetition, definition);
    const values = numbersFor(this.#type, length - nulls);
    decodeValues(page.encoding, content, this.#type, dictionary, values);
    const absent = definition ? page.values - values.length : 0;
    const { levels } = page;
    if (levels && (levels.rows !== this.rows - before || levels.nulls !== absent)) {
      throw new Malformed("a page has other rows or nulls than its header says");
    }
    if (nulls === 0) this.#values.push({ at: this.#length, values });
    else this.#spread(values, definition!, length);
    this.#length += length;
    return !repetition || repetition[0] === 0;
  }

  /** Finds the rows of a page by its levels; returns the numbers of elements and of nulls. */
  #place(
    values: number,
    repetition: Uint8Array | undefined,
    definition: Uint8Array | undefined,
  ): { length: number; nulls: number } {
    const { present, value } = this.#levels;
    const element = this.#element();
    let length = 0;
    let nulls = 0;
    for (let i = 0; i < values; i++) {
      const level = definition === undefined ? value : definition[i]!;
      if (repetition === undefined || repetition[i] === 0) {
        if (this.rows + 1 >= this.#starts.length) throw new Malformed("it has too many rows");
        this.#starts[this.rows] = this.#length + length;
        if (level < present) {
          this.#nullRows ??= new Uint8Array(this.#starts.length - 1);
          this.#nullRows[this.rows] = 1;
        }
        this.rows++;
      } else if (this.rows === 0) throw new Malformed("its first value continues a list");
      else if (level < element) throw new Malformed("a list continues with nothing");
      if (level < element) continue;
      length++;
      if (level < value) nulls++;
    }
    return { length, nulls };
  }

  /** The definition level from which there is an element, which may be null. */
  #element(): number {
    return this.#levels.list ? this.#levels.present + 1 : 0;
  }

  /** Adds values with the nulls between them. */
  #spread(values: ColumnValues, definition: Uint8Array, length: number): void {
    const all = numbersFor(this.#type, length).fill(NaN);
    const nulls = new Uint8Array(length).fill(1);
    const element = this.#element();
    let at = 0;
    let next = 0;
    for (const level of definition) {
      if (level < element) continue;
      if (level === this.#levels.value) {
        all[at] = values[next++]!;
        nulls[at] = 0;
      }
      at++;
    }
    this.#values.push({ at: this.#length, values: all });
    this.#nulls.push({ at: this.#length, nulls });
  }

  /** The number of elements of all rows. */
  get length(): number {
    return this.#length;
  }

  /** Ends the last row, and checks the number of rows. */
  end(): void {
    if (this.rows !== this.#starts.length - 1) {
      throw new Malformed(`it has ${this.rows} rows instead of ${this.#starts.length - 1}`);
    }
    this.#starts[this.rows] = this.#length;
  }

  /** Returns all rows after the last page. */
  finish(): ColumnRows {
    this.end();
    return this.window(0, this.rows);
  }

  /**
   * Returns some of the rows.
   *
   * @param from the index of the first
   * @param to the index after the last; there is a later row, or the last one was ended
   */
  window(from: number, to: number): ColumnRows {
    const [begin, end] = [this.#starts[from]!, this.#starts[to]!];
    const [only] = this.#values;
    const whole = this.#values.length === 1 && only!.at === begin &&
      only!.values.length === end - begin;
    const values = whole ? only!.values : numbersFor(this.#type, end - begin);
    if (!whole) {
      copyParts(this.#values.map(({ at, values: part }) => [at, part]), begin, end, values);
    }
    let nulls: Uint8Array | undefined;
    if (this.#nulls.some(({ at, nulls: part }) => at < end && at + part.length > begin)) {
      nulls = new Uint8Array(end - begin);
      copyParts(this.#nulls.map(({ at, nulls: part }) => [at, part]), begin, end, nulls);
    }
    const starts = this.#starts.slice(from, to + 1);
    if (begin > 0) { for (let i = 0; i < starts.length; i++) starts[i]! -= begin; }
    return { values, nulls, starts, nullRows: this.#nullRows?.subarray(from, to) };
  }

  /** Forgets the elements of rows before one. */
  forget(row: number): void {
    const begin = this.#starts[row]!;
    this.#values = this.#values.filter(({ at, values }) => at + values.length > begin);
    this.#nulls = this.#nulls.filter(({ at, nulls }) => at + nulls.length > begin);
  }

  /** Goes to a page that begins with a row, where so many rows and elements are before it. */
  goTo(rows: number, length: number): void {
    this.rows = rows;
    this.#length = length;
    this.#values = [];
    this.#nulls = [];
  }
}

/** Copies elements `begin` to `end` from parts of which each has a position. */
function copyParts<T extends ColumnValues | Uint8Array>(
  parts: readonly (readonly [at: number, part: T])[],
  begin: number,
  end: number,
  target: T,
): void {
  for (const [at, part] of parts) {
    const [from, to] = [Math.max(at, begin), Math.min(at + part.length, end)];
    if (from < to) target.set(part.subarray(from - at, to - at), from - begin);
  }
}
