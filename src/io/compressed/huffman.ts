/**
 * The Huffman codes of Zstandard's literals.
 *
 * The format is RFC 8878, section 4.2.
 *
 * @module
 */

import { BackwardBits, buildTable, damagedCode, readTable } from "./fse.ts";

/** A table of codes: the symbol and the length for each value of the next `bits` bits. */
export interface HuffmanTable {
  /** The number of bits of the longest code. */
  readonly bits: number;
  /** The symbol for each value. */
  readonly symbols: Uint8Array;
  /** The length in bits of its code. */
  readonly lengths: Uint8Array;
}

/** The most bits of a code. */
const MAX_BITS = 11;

/**
 * Reads a table.
 *
 * @param input the bytes, of which the table is the start
 * @returns the table, and the number of its bytes
 * @throws {InputError} if it is damaged
 */
export function readHuffmanTable(input: Uint8Array): { table: HuffmanTable; length: number } {
  const head = input[0] ?? 0;
  const length = 1 + (head < 128 ? head : Math.ceil((head - 127) / 2));
  if (length > input.length) throw damagedCode();
  const weights = head < 128 ? codedWeights(input.subarray(1, length)) : Array.from(
    { length: head - 127 },
    (_, i) => (i % 2 === 0 ? input[1 + i / 2]! >> 4 : input[1 + (i - 1) / 2]! & 15),
  );
  return { table: tableOf(weights), length };
}

/** Decodes weights that are compressed themselves: two states take turns. */
function codedWeights(input: Uint8Array): number[] {
  const { counts, accuracy, length } = readTable(input, 6, 255);
  const { symbols, bits: widths, bases } = buildTable(counts, accuracy);
  const bits = new BackwardBits(input.subarray(length));
  const states = [bits.read(accuracy), bits.read(accuracy)];
  if (bits.left < 0) throw damagedCode();
  const weights: number[] = [];
  for (let turn = 0;; turn = 1 - turn) {
    const state = states[turn]!;
    weights.push(symbols[state]!);
    if (weights.length > 254) throw damagedCode();
    states[turn] = bases[state]! + bits.read(widths[state]!);
    if (bits.left < 0) {
      weights.push(symbols[states[1 - turn]!]!);
      return weights;
    }
  }
}

/** Builds a table from the weights of all symbols but the last, which follows from the others. */
function tableOf(weights: readonly number[]): HuffmanTable {
  let sum = 0;
  for (const weight of weights) sum += weight > 0 ? 2 ** (weight - 1) : 0;
  const bits = sum > 0 ? 32 - Math.clz32(sum) : 0;
  const rest = 2 ** bits - sum;
  const last = 32 - Math.clz32(rest);
  if (bits < 1 || bits > MAX_BITS || rest !== 2 ** (last - 1) || weights.length > 255) {
    throw damagedCode();
  }
  const all = [...weights, last];
  const symbols = new Uint8Array(2 ** bits);
  const lengths = new Uint8Array(2 ** bits);
  let at = 0;
  for (let weight = 1; weight <= bits; weight++) {
    all.forEach((own, symbol) => {
      if (own !== weight) return;
      const end = at + 2 ** (weight - 1);
      symbols.fill(symbol, at, end);
      lengths.fill(bits + 1 - weight, at, end);
      at = end;
    });
  }
  if (at !== 2 ** bits) throw damagedCode();
  return { bits, symbols, lengths };
}

/**
 * Decodes symbols.
 *
 * @param input the codes
 * @param target receives the symbols, as many as it is long
 * @throws {InputError} if there are fewer or more
 */
export function unpackHuffman(input: Uint8Array, target: Uint8Array, table: HuffmanTable): void {
  const { bits, symbols, lengths } = table;
  let { left } = new BackwardBits(input);
  const mask = (1 << bits) - 1;
  for (let i = 0; i < target.length; i++) {
    // The next bits end at `left`; where the first byte is near, those before it are zeros.
    const start = left - bits;
    const byte = start >> 3;
    const word = start < 0
      ? (input[0]! | (input[1]! << 8)) << -start
      : (input[byte]! | (input[byte + 1]! << 8) | (input[byte + 2]! << 16)) >> (start & 7);
    const value = word & mask;
    target[i] = symbols[value]!;
    left -= lengths[value]!;
    if (left < 0) throw damagedCode();
  }
  if (left !== 0) throw damagedCode();
}
