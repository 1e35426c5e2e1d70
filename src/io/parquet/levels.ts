/**
 * Parquet's hybrid of runs and packed bits, in which levels, indices into a dictionary and booleans
 * are written. Every run must hold at least one value, and the values that are asked for must be
 * there, so that the time is linear in their number.
 *
 * The format is "RLE / Bit-Packing Hybrid" in Apache Parquet's `Encodings.md`.
 *
 * @module
 */

import { Malformed, ThriftReader } from "./thrift.ts";

/**
 * Decodes numbers.
 *
 * @param bytes the runs
 * @param width the number of bits of a number, 0 to 32
 * @param target receives the numbers, as many as it is long
 * @throws {Malformed} if a run is empty, or the bytes end before the numbers
 */
export function decodeRuns(
  bytes: Uint8Array,
  width: number,
  target: Uint8Array | Uint32Array,
): void {
  if (width === 0 && bytes.length === 0) {
    // Where there is one number alone, some writers leave out the runs.
    target.fill(0);
    return;
  }
  const reader = new ThriftReader(bytes);
  let done = 0;
  while (done < target.length) {
    const header = reader.varint32();
    const length = Math.floor(header / 2) * (header % 2 === 1 ? 8 : 1);
    if (length === 0) throw new Malformed("a run of values is empty");
    const end = Math.min(target.length, done + length);
    if (header % 2 === 0) {
      let value = 0;
      for (let i = 0; 8 * i < width; i++) value += reader.byte() * 2 ** (8 * i);
      if (value >= 2 ** width) throw new Malformed("a value has too many bits");
      target.fill(value, done, end);
    } else {
      const size = (length / 8) * width;
      // Also where fewer are needed, a run of bits is whole, as pyarrow asks.
      if (reader.at + size > bytes.length) throw new Malformed("a run of values ends early");
      unpackBits(bytes, reader.at, width, target, done, end);
      reader.at += size;
    }
    done = end;
  }
}

/** Unpacks numbers of `width` bits, from the lowest bit on. */
export function unpackBits(
  bytes: Uint8Array,
  start: number,
  width: number,
  target: Uint8Array | Uint32Array,
  from: number,
  to: number,
): void {
  if (start + Math.ceil(((to - from) * width) / 8) > bytes.length) {
    throw new Malformed("its values end early");
  }
  if (width === 1) {
    for (let i = from, bit = 0; i < to; i++, bit++) {
      target[i] = (bytes[start + (bit >> 3)]! >> (bit & 7)) & 1;
    }
    return;
  }
  const modulus = 2 ** width;
  let at = start;
  let held = 0;
  let bits = 0;
  for (let i = from; i < to; i++) {
    // At most 31 + 8 bits are held, which a float64 holds exactly.
    while (bits < width) {
      held += bytes[at++]! * 2 ** bits;
      bits += 8;
    }
    const value = held % modulus;
    target[i] = value;
    held = (held - value) / modulus;
    bits -= width;
  }
}
