/**
 * The values of a page of a parquet file in every encoding that numbers have.
 *
 * The encodings are those of Apache Parquet's `Encodings.md`.
 *
 * @module
 */

import { halfTable } from "../../half-floats.ts";
import { TYPE } from "./footer.ts";
import { decodeRuns, unpackBits } from "./levels.ts";
import { Malformed, ThriftReader } from "./thrift.ts";

/** The type of the numbers of a column. */
export interface NumberType {
  /** The physical type. */
  readonly physical: number;
  /** Whether integers have no sign. */
  readonly unsigned: boolean;
  /** The number of bits of integers; narrow ones are stored as 32 bits. */
  readonly bits: number;
}

/** ColumnValues that a column is decoded to. */
export type ColumnValues = Float32Array | Float64Array;

/** The numbers of the encodings. */
export const ENCODING = {
  PLAIN: 0,
  PLAIN_DICTIONARY: 2,
  RLE: 3,
  DELTA_BINARY_PACKED: 5,
  RLE_DICTIONARY: 8,
  BYTE_STREAM_SPLIT: 9,
} as const;

/** Returns an array for numbers of a type: float32 holds floats of 16 and 32 bits exactly. */
export function numbersFor(type: NumberType, length: number): ColumnValues {
  const { physical } = type;
  const single = physical === TYPE.FLOAT || physical === TYPE.FIXED_LEN_BYTE_ARRAY;
  return single ? new Float32Array(length) : new Float64Array(length);
}

/** Returns the number of bytes of a plain value. Booleans have a bit. */
export function widthOf({ physical }: NumberType): number {
  switch (physical) {
    case TYPE.INT32:
    case TYPE.FLOAT:
      return 4;
    case TYPE.INT64:
    case TYPE.DOUBLE:
      return 8;
    case TYPE.FIXED_LEN_BYTE_ARRAY:
      return 2;
    default:
      return 1 / 8;
  }
}

/**
 * Decodes the values of a page.
 *
 * @param encoding the number of the encoding
 * @param bytes the values
 * @param type the type of the numbers
 * @param dictionary the values of the dictionary page, if there was one
 * @param target receives the values, as many as it is long
 * @throws {Malformed} if there are fewer values, an index is outside the dictionary, or numbers do
 * not have the encoding
 */
export function decodeValues(
  encoding: number,
  bytes: Uint8Array,
  type: NumberType,
  dictionary: ColumnValues | undefined,
  target: ColumnValues,
): void {
  const boolean = type.physical === TYPE.BOOLEAN;
  const integer = type.physical === TYPE.INT32 || type.physical === TYPE.INT64;
  if (encoding === ENCODING.PLAIN) decodePlain(bytes, type, target);
  else if (encoding === ENCODING.PLAIN_DICTIONARY || encoding === ENCODING.RLE_DICTIONARY) {
    if (dictionary === undefined) throw new Malformed("a dictionary is missing");
    decodeIndices(bytes, dictionary, target);
  } else if (encoding === ENCODING.RLE && boolean) decodeBooleans(bytes, target);
  else if (encoding === ENCODING.DELTA_BINARY_PACKED && integer) decodeDeltas(bytes, type, target);
  else if (encoding === ENCODING.BYTE_STREAM_SPLIT && !boolean) {
    decodeSplitBytes(bytes, type, target);
  } else throw new Malformed(`encoding ${encoding} cannot be read`);
}

/** Decodes values that lie one after the other, as in a dictionary page. */
export function decodePlain(bytes: Uint8Array, type: NumberType, target: ColumnValues): void {
  if (type.physical === TYPE.BOOLEAN) {
    const bits = new Uint8Array(target.length);
    unpackBits(bytes, 0, 1, bits, 0, bits.length);
    target.set(bits);
    return;
  }
  const size = target.length * widthOf(type);
  if (size > bytes.length) throw new Malformed("its values end early");
  // A copy, whose start is aligned.
  const { buffer } = bytes.slice(0, size);
  switch (type.physical) {
    case TYPE.FLOAT:
      return target.set(new Float32Array(buffer));
    case TYPE.DOUBLE:
      return target.set(new Float64Array(buffer));
    case TYPE.INT32: {
      const integers = type.unsigned ? new Uint32Array(buffer) : new Int32Array(buffer);
      checkNarrow(integers, type);
      return target.set(integers);
    }
    case TYPE.INT64: {
      const low = new Uint32Array(buffer);
      const high = type.unsigned ? low : new Int32Array(buffer);
      for (let i = 0; i < target.length; i++) {
        target[i] = high[2 * i + 1]! * 2 ** 32 + low[2 * i]!;
      }
      return;
    }
    default: {
      const halves = new Uint16Array(buffer);
      const table = halfTable();
      for (let i = 0; i < target.length; i++) target[i] = table[halves[i]!]!;
    }
  }
}

/** Checks that integers of 8 and 16 bits are such, which are stored with 32 bits. */
function checkNarrow(integers: Int32Array | Uint32Array, { bits, unsigned }: NumberType): void {
  if (bits >= 32) return;
  const least = unsigned ? 0 : -(2 ** (bits - 1));
  const most = unsigned ? 2 ** bits - 1 : -least - 1;
  for (const value of integers) {
    if (value < least || value > most) throw new Malformed(`${value} does not have ${bits} bits`);
  }
}

/** Decodes indices into a dictionary: a byte with their number of bits, and runs. */
function decodeIndices(bytes: Uint8Array, dictionary: ColumnValues, target: ColumnValues): void {
  if (target.length === 0) return;
  const width = bytes[0];
  if (width === undefined || width > 32) throw new Malformed("its indices have no width");
  const indices = new Uint32Array(target.length);
  decodeRuns(bytes.subarray(1), width, indices);
  for (let i = 0; i < indices.length; i++) {
    const value = dictionary[indices[i]!];
    if (value === undefined) throw new Malformed("an index lies outside its dictionary");
    target[i] = value;
  }
}

/** Decodes booleans as runs, after their length in bytes. */
function decodeBooleans(bytes: Uint8Array, target: ColumnValues): void {
  const bits = new Uint8Array(target.length);
  decodeRuns(prefixed(bytes), 1, bits);
  target.set(bits);
}

/** Returns the bytes after a length of 32 bits, as many as it says. */
export function prefixed(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 4) throw new Malformed("its values end early");
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (length > bytes.length - 4) throw new Malformed("its values end early");
  return bytes.subarray(4, 4 + length);
}

/** Decodes values whose first bytes lie together, then their second bytes, and so on. */
function decodeSplitBytes(bytes: Uint8Array, type: NumberType, target: ColumnValues): void {
  const width = widthOf(type);
  const { length } = target;
  if (bytes.length !== length * width) throw new Malformed("it has another number of values");
  const joined = new Uint8Array(length * width);
  for (let byte = 0; byte < width; byte++) {
    for (let i = 0; i < length; i++) joined[i * width + byte] = bytes[byte * length + i]!;
  }
  decodePlain(joined, type, target);
}

/** Decodes integers from their differences, which are packed in blocks of small blocks. */
function decodeDeltas(bytes: Uint8Array, type: NumberType, target: ColumnValues): void {
  const reader = new ThriftReader(bytes);
  const blockSize = reader.varint32();
  const parts = reader.varint32();
  const total = reader.varint32();
  const size = blockSize / parts;
  const valid = blockSize % 128 === 0 && size % 32 === 0 && size > 0 && size <= 2 ** 20;
  if (!valid) throw new Malformed("its blocks of differences have a wrong size");
  if (total !== target.length) throw new Malformed("it has another number of values");
  const bits = type.physical === TYPE.INT32 ? 32 : 64;
  const stored = type.unsigned
    ? (value: bigint) => Number(BigInt.asUintN(bits, value))
    : (value: bigint) => Number(BigInt.asIntN(bits, value));
  let value = reader.bigZigzag();
  let done = 0;
  if (total > 0) target[done++] = stored(value);
  const low = new Uint32Array(Math.min(size, total));
  const high = new Uint32Array(low.length);
  while (done < total) {
    const smallest = reader.bigZigzag();
    const widths = Array.from({ length: parts }, () => reader.byte());
    for (let part = 0; part < parts && done < total; part++) {
      const width = widths[part]!;
      if (width > bits) throw new Malformed("a difference has too many bits");
      const count = Math.min(size, total - done);
      if (reader.at + (size / 8) * width > bytes.length) {
        throw new Malformed("its differences end early");
      }
      unpackWide(bytes, reader.at, width, low, high, count);
      for (let i = 0; i < count; i++) {
        const delta = width === 0 ? 0n : (BigInt(high[i]!) << 32n) | BigInt(low[i]!);
        value = BigInt.asIntN(64, value + smallest + delta);
        target[done++] = stored(value);
      }
      reader.at += (size / 8) * width;
    }
  }
  if (type.physical === TYPE.INT32 && type.bits < 32) checkNarrow(Int32Array.from(target), type);
}

/** Unpacks numbers of up to 64 bits as two halves. */
function unpackWide(
  bytes: Uint8Array,
  start: number,
  width: number,
  low: Uint32Array,
  high: Uint32Array,
  count: number,
): void {
  high.fill(0);
  if (width <= 32) {
    if (width > 0) unpackBits(bytes, start, width, low, 0, count);
    return;
  }
  if (start + Math.ceil((count * width) / 8) > bytes.length) {
    throw new Malformed("its values end early");
  }
  for (let i = 0; i < count; i++) {
    low[i] = 0;
    for (let bit = 0; bit < width; bit++) {
      const at = i * width + bit;
      if ((bytes[start + (at >> 3)]! >> (at & 7)) & 1) {
        if (bit < 32) low[i]! += 2 ** bit;
        else high[i]! += 2 ** (bit - 32);
      }
    }
  }
}
