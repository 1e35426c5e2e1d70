/**
 * Decompression of blocks of Snappy and LZ4, which parquet files use. Both are literals and copies
 * of earlier bytes; every length is checked before it is used.
 *
 * The formats are Google's `format_description.txt` and LZ4's `lz4_Block_format.md`.
 *
 * @module
 */

import { InputError } from "../../errors.ts";

/** Up to this length, in bytes, literals and copies are moved by a loop. */
const SHORT = 48;

/**
 * Decompresses a Snappy block.
 *
 * @param input the compressed bytes
 * @param target receives the content, as many bytes as it is long
 * @throws {InputError} if the block is damaged, or has another number of bytes
 */
export function unpackSnappy(input: Uint8Array, target: Uint8Array): void {
  const output = new Copies(target);
  let at = 0;
  let size = 0;
  for (let shift = 0;; shift += 7) {
    const byte = input[at++];
    if (byte === undefined || shift > 28) throw damaged();
    size += (byte & 127) * 2 ** shift;
    if (byte < 128) break;
  }
  if (size !== target.length) throw damaged();
  while (at < input.length) {
    const tag = input[at++]!;
    const kind = tag & 3;
    if (kind === 0) {
      let length = (tag >> 2) + 1;
      if (length > 60) {
        const bytes = length - 60;
        length = littleEndian(input, at, bytes) + 1;
        at += bytes;
      }
      output.literal(input, at, length);
      at += length;
    } else if (kind === 1) {
      output.copy(((tag >> 5) << 8) + littleEndian(input, at, 1), ((tag >> 2) & 7) + 4);
      at += 1;
    } else {
      const bytes = kind === 2 ? 2 : 4;
      output.copy(littleEndian(input, at, bytes), (tag >> 2) + 1);
      at += bytes;
    }
  }
  output.end();
}

/**
 * Decompresses an LZ4 block.
 *
 * @param input the compressed bytes
 * @param target receives the content, as many bytes as it is long
 * @throws {InputError} if the block is damaged, or has another number of bytes
 */
export function unpackLz4(input: Uint8Array, target: Uint8Array): void {
  const output = new Copies(target);
  let at = 0;
  const long = (nibble: number): number => {
    let length = nibble;
    for (let byte = nibble === 15 ? 255 : 0; byte === 255;) {
      byte = littleEndian(input, at++, 1);
      length += byte;
    }
    return length;
  };
  while (true) {
    const token = littleEndian(input, at++, 1);
    const literals = long(token >> 4);
    output.literal(input, at, literals);
    at += literals;
    if (at === input.length) return output.end();
    const offset = littleEndian(input, at, 2);
    at += 2;
    output.copy(offset, long(token & 15) + 4);
  }
}

/**
 * Decompresses blocks of LZ4 as Hadoop frames them: the lengths of the content and of the block,
 * big-endian, before each. Without such frames, the input is one block.
 *
 * @throws {InputError} if a block is damaged, or the content has another number of bytes
 */
export function unpackHadoopLz4(input: Uint8Array, target: Uint8Array): void {
  const view = new DataView(input.buffer, input.byteOffset, input.length);
  const frames: { at: number; end: number; from: number; to: number }[] = [];
  let at = 0;
  let done = 0;
  while (at + 8 <= input.length) {
    const to = done + view.getUint32(at);
    const end = at + 8 + view.getUint32(at + 4);
    if (to > target.length || end > input.length) break;
    frames.push({ at: at + 8, end, from: done, to });
    at = end;
    done = to;
  }
  if (at !== input.length || done !== target.length) return unpackLz4(input, target);
  for (const { at, end, from, to } of frames) {
    unpackLz4(input.subarray(at, end), target.subarray(from, to));
  }
}

/** Output that is made of literals and of copies of itself. */
class Copies {
  readonly #target: Uint8Array;
  #length = 0;

  constructor(target: Uint8Array) {
    this.#target = target;
  }

  literal(input: Uint8Array, at: number, length: number): void {
    if (at + length > input.length || this.#length + length > this.#target.length) throw damaged();
    const target = this.#target;
    const to = this.#length;
    // Most are short, and a loop is then three times faster than a view.
    if (length > SHORT) target.set(input.subarray(at, at + length), to);
    else for (let i = 0; i < length; i++) target[to + i] = input[at + i]!;
    this.#length += length;
  }

  copy(offset: number, length: number): void {
    const from = this.#length - offset;
    const to = this.#length + length;
    if (offset === 0 || from < 0 || to > this.#target.length) throw damaged();
    const target = this.#target;
    if (offset >= length && length > SHORT) target.copyWithin(this.#length, from, from + length);
    else for (let i = this.#length; i < to; i++) target[i] = target[i - offset]!;
    this.#length = to;
  }

  end(): void {
    if (this.#length !== this.#target.length) throw damaged();
  }
}

function littleEndian(input: Uint8Array, at: number, bytes: number): number {
  if (at + bytes > input.length) throw damaged();
  let value = 0;
  for (let i = 0; i < bytes; i++) value += input[at + i]! * 2 ** (8 * i);
  return value;
}

function damaged(): InputError {
  return new InputError("Cannot decompress: the compressed data is damaged");
}
