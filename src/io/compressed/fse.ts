/**
 * Finite state entropy, one of the two codes of Zstandard.
 *
 * The format is RFC 8878, section 4.1.
 *
 * @module
 */

import { InputError } from "../../errors.ts";

/** A table of states. */
export interface FseTable {
  /** The number of bits of a state. */
  readonly accuracy: number;
  /** The symbol of each state. */
  readonly symbols: Uint8Array;
  /** The number of bits to read after each state. */
  readonly bits: Uint8Array;
  /** The next state after each state, to which the bits are added. */
  readonly bases: Uint16Array;
}

/** Bits that are read from the end of the bytes to the start. */
export class BackwardBits {
  readonly #bytes: Uint8Array;
  /** The number of bits that are left; negative if more were read, which are zeros. */
  left: number;

  /** @throws {InputError} if there is no bit, which marks the start */
  constructor(bytes: Uint8Array) {
    const last = bytes[bytes.length - 1] ?? 0;
    if (last === 0) throw damagedCode();
    this.#bytes = bytes;
    this.left = 8 * bytes.length - 8 + (31 - Math.clz32(last));
  }

  /** Reads a number of up to 31 bits. */
  read(count: number): number {
    this.left -= count;
    return this.at(this.left, count);
  }

  /** Returns the number of `count` bits from bit `start` on; bits before the first are zeros. */
  at(start: number, count: number): number {
    if (start < 0) {
      const kept = Math.max(0, count + start);
      return kept === 0 ? 0 : this.at(0, kept) * 2 ** (count - kept);
    }
    if (count > 24) return this.at(start, 24) + this.at(start + 24, count - 24) * 2 ** 24;
    const bytes = this.#bytes;
    const i = start >> 3;
    const word = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    return (word >>> (start & 7)) & ((1 << count) - 1);
  }
}

/**
 * Reads the description of a table: how often each symbol occurs.
 *
 * @param input the bytes, of which the table is the start
 * @param maxAccuracy the most bits of a state
 * @param maxSymbol the largest symbol
 * @returns the counts, where -1 is "less than once"; the accuracy; the number of bytes
 * @throws {InputError} if it is damaged
 */
export function readTable(
  input: Uint8Array,
  maxAccuracy: number,
  maxSymbol: number,
): { counts: number[]; accuracy: number; length: number } {
  let at = 0;
  const read = (count: number): number => {
    let value = 0;
    for (let i = 0; i < count; i++, at++) {
      value |= (((input[at >> 3] ?? 0) >> (at & 7)) & 1) << i;
    }
    return value;
  };
  const accuracy = read(4) + 5;
  if (accuracy > maxAccuracy) throw damagedCode();
  const counts: number[] = [];
  let remaining = (1 << accuracy) + 1;
  while (remaining > 1) {
    // Values below a threshold have a bit less.
    const bits = 32 - Math.clz32(remaining);
    const few = (1 << bits) - 1 - remaining;
    let value = read(bits - 1);
    if (value >= few) {
      value += read(1) << (bits - 1);
      if (value >= 1 << (bits - 1)) value -= few;
    }
    const count = value - 1;
    remaining -= Math.abs(count);
    counts.push(count);
    if (count === 0) {
      for (let repeat = 3; repeat === 3;) {
        repeat = read(2);
        for (let i = 0; i < repeat; i++) counts.push(0);
        if (counts.length > maxSymbol + 1) throw damagedCode();
      }
    }
    if (counts.length > maxSymbol + 1 || remaining < 1) throw damagedCode();
  }
  const length = Math.ceil(at / 8);
  if (length > input.length) throw damagedCode();
  return { counts, accuracy, length };
}

/** Builds a table from how often each symbol occurs; the counts add up to `2 ** accuracy`. */
export function buildTable(counts: readonly number[], accuracy: number): FseTable {
  const size = 1 << accuracy;
  const symbols = new Uint8Array(size);
  const next = new Uint16Array(counts.length);
  let high = size;
  counts.forEach((count, symbol) => {
    if (count === -1) symbols[--high] = symbol;
    next[symbol] = Math.abs(count);
  });
  const step = (size >> 1) + (size >> 3) + 3;
  let place = 0;
  counts.forEach((count, symbol) => {
    for (let i = 0; i < count; i++) {
      symbols[place] = symbol;
      do place = (place + step) & (size - 1); while (place >= high && high > 0);
    }
  });
  const bits = new Uint8Array(size);
  const bases = new Uint16Array(size);
  for (let state = 0; state < size; state++) {
    const number = next[symbols[state]!]!++;
    bits[state] = accuracy - (31 - Math.clz32(number));
    bases[state] = (number << bits[state]!) - size;
  }
  return { accuracy, symbols, bits, bases };
}

let fixed: readonly FseTable[] | undefined;

/** Returns the tables without a description, of literal lengths, offsets and match lengths. */
export function fixedTables(): readonly FseTable[] {
  return fixed ??= [
    // deno-fmt-ignore
    buildTable(
    [4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1,
      -1, -1, -1, -1],
    6,
  ),
    buildTable(
      [1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1],
      5,
    ),
    // deno-fmt-ignore
    buildTable(
    [1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
      1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1],
    6,
  ),
  ];
}

/** Creates the error for a code that is not as the format asks. */
export function damagedCode(): InputError {
  return new InputError("Cannot decompress: the Zstandard data is damaged");
}
