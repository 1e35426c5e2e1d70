/**
 * Thrift's compact protocol, in which parquet files keep their footers, page headers and indexes.
 * Every length is checked against the bytes that are left, and structs nest to a fixed depth, so
 * that the time of a parse is linear in its bytes.
 *
 * The format is documented in Apache Thrift's `thrift-compact-protocol.md`.
 *
 * @module
 */

/** The wire types that parquet uses. */
export const WIRE = {
  TRUE: 1,
  FALSE: 2,
  BYTE: 3,
  I16: 4,
  I32: 5,
  I64: 6,
  DOUBLE: 7,
  BINARY: 8,
  LIST: 9,
  SET: 10,
  MAP: 11,
  STRUCT: 12,
} as const;

/** The largest depth of nested structs; parquet's own are less than 10 deep. */
const MAX_DEPTH = 24;

/** A value: a number, a boolean, bytes, a list or a struct. */
type Value = number | boolean | Uint8Array | readonly Value[] | Struct | undefined;

/** Thrown where bytes are not what the format asks for; it becomes an input error. */
export class Malformed extends Error {}

/**
 * The fields of a struct by their numbers. As other readers do, a field of another type than the
 * asked one counts as missing.
 */
export class Struct {
  readonly #fields = new Map<number, { type: number; value: Value; element: number }>();

  /** Sets a field, as the parser finds it. */
  set(id: number, type: number, value: Value, element: number): void {
    this.#fields.set(id, { type, value, element });
  }

  /** Returns whether there is a field of any type. */
  has(id: number): boolean {
    return this.#fields.has(id);
  }

  /** Returns a 32-bit number, or undefined. */
  i32(id: number): number | undefined {
    return this.#get(id, WIRE.I32) as number | undefined;
  }

  /** Returns a 64-bit number, or undefined. Above 2^53 it is rounded. */
  i64(id: number): number | undefined {
    return this.#get(id, WIRE.I64) as number | undefined;
  }

  /** Returns an 8-bit number, or undefined. */
  byte(id: number): number | undefined {
    return this.#get(id, WIRE.BYTE) as number | undefined;
  }

  /** Returns a boolean, or undefined. */
  bool(id: number): boolean | undefined {
    return this.#get(id, WIRE.TRUE) as boolean | undefined;
  }

  /** Returns a text in UTF-8, or undefined. */
  text(id: number): string | undefined {
    const bytes = this.#get(id, WIRE.BINARY) as Uint8Array | undefined;
    return bytes && new TextDecoder().decode(bytes);
  }

  /** Returns a struct, or undefined. */
  struct(id: number): Struct | undefined {
    return this.#get(id, WIRE.STRUCT) as Struct | undefined;
  }

  /** Returns a list of structs, or undefined. */
  structs(id: number): readonly Struct[] | undefined {
    return this.#list(id, WIRE.STRUCT) as readonly Struct[] | undefined;
  }

  /** Returns a list of 32-bit numbers, or undefined. */
  i32s(id: number): readonly number[] | undefined {
    return this.#list(id, WIRE.I32) as readonly number[] | undefined;
  }

  /** Returns a list of 64-bit numbers, or undefined. */
  i64s(id: number): readonly number[] | undefined {
    return this.#list(id, WIRE.I64) as readonly number[] | undefined;
  }

  /** Returns a list of texts, or undefined. */
  texts(id: number): readonly string[] | undefined {
    const list = this.#list(id, WIRE.BINARY) as readonly Uint8Array[] | undefined;
    return list?.map((bytes) => new TextDecoder().decode(bytes));
  }

  #get(id: number, type: number): Value {
    const field = this.#fields.get(id);
    return field?.type === type ? field.value : undefined;
  }

  #list(id: number, element: number): Value {
    const field = this.#fields.get(id);
    if (field?.type !== WIRE.LIST) return undefined;
    const list = field.value as readonly Value[];
    if (list.length > 0 && field.element !== element) throw new Malformed("a list of other values");
    return list;
  }
}

/** Reads numbers of variable length, and structs, from bytes. */
export class ThriftReader {
  readonly #bytes: Uint8Array;
  /** The position of the next byte. */
  at: number;

  /**
   * @param bytes the bytes
   * @param at the position of the first byte to read. Default 0
   */
  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.at = at;
  }

  /**
   * Reads a byte.
   *
   * @throws {Malformed} if none is left
   */
  byte(): number {
    const byte = this.#bytes[this.at++];
    if (byte === undefined) throw new Malformed("it ends early");
    return byte;
  }

  /**
   * Reads an unsigned number of up to 64 bits; above 2^53 it is rounded.
   *
   * @throws {Malformed} if it has more than 10 bytes, or ends early
   */
  varint(): number {
    let result = 0;
    let factor = 1;
    for (let i = 0; i < 10; i++) {
      const byte = this.byte();
      result += (byte & 127) * factor;
      if (byte < 128) return result;
      factor *= 128;
    }
    throw new Malformed("a number has more than 10 bytes");
  }

  /** Reads an unsigned number of 32 bits, of up to 5 bytes. */
  varint32(): number {
    const start = this.at;
    const value = this.varint();
    if (this.at - start > 5 || value >= 2 ** 32) throw new Malformed("a number is too large");
    return value;
  }

  /** Reads an unsigned number of up to 64 bits exactly. */
  bigVarint(): bigint {
    let result = 0n;
    for (let i = 0n; i < 70n; i += 7n) {
      const byte = this.byte();
      result |= BigInt(byte & 127) << i;
      if (byte < 128 && result < 2n ** 64n) return result;
    }
    throw new Malformed("a number has more than 10 bytes");
  }

  /** Reads a signed number in zigzag form: 0, -1, 1, -2, ... */
  zigzag(): number {
    const folded = this.varint();
    return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
  }

  /** Reads a signed number in zigzag form exactly. */
  bigZigzag(): bigint {
    const folded = this.bigVarint();
    return (folded >> 1n) ^ -(folded & 1n);
  }

  /**
   * Reads a struct.
   *
   * @throws {Malformed} if it is no valid struct, or ends early
   */
  struct(depth = 0): Struct {
    if (depth > MAX_DEPTH) throw new Malformed("its structs are nested too deeply");
    const struct = new Struct();
    let id = 0;
    while (true) {
      const byte = this.byte();
      const type = byte & 15;
      if (type === 0) return struct;
      id = byte >> 4 ? id + (byte >> 4) : this.zigzag();
      if (type === WIRE.TRUE || type === WIRE.FALSE) {
        struct.set(id, WIRE.TRUE, type === WIRE.TRUE, 0);
        continue;
      }
      const element = this.#bytes[this.at] ?? 0;
      struct.set(id, type, this.#value(type, depth), element & 15);
    }
  }

  #value(type: number, depth: number): Value {
    switch (type) {
      case WIRE.TRUE:
      case WIRE.FALSE:
        return this.byte() === WIRE.TRUE;
      case WIRE.BYTE:
        return (this.byte() << 24) >> 24;
      case WIRE.I16:
      case WIRE.I32: {
        const value = this.zigzag();
        if (Math.abs(value) > 2 ** 31) throw new Malformed("a number has more than 32 bits");
        return value;
      }
      case WIRE.I64:
        return this.zigzag();
      case WIRE.DOUBLE:
        this.#skip(8);
        return undefined;
      case WIRE.BINARY: {
        const length = this.varint();
        this.#skip(length);
        return this.#bytes.subarray(this.at - length, this.at);
      }
      case WIRE.LIST:
      case WIRE.SET: {
        const head = this.byte();
        // Some writers give an empty list no type.
        if ((head !== 0 && (head & 15) < WIRE.TRUE) || (head & 15) > WIRE.STRUCT) {
          throw new Malformed("a list is of no known type");
        }
        const length = head >> 4 === 15 ? this.varint() : head >> 4;
        return this.#values(length, [head & 15], depth);
      }
      case WIRE.MAP: {
        const length = this.varint();
        if (length === 0) return undefined;
        const head = this.byte();
        this.#values(length, [head >> 4, head & 15], depth);
        return undefined;
      }
      case WIRE.STRUCT:
        return this.struct(depth + 1);
      default:
        throw new Malformed("a value is of no known type");
    }
  }

  /** Reads `length` times one value of each type. Every value has at least one byte. */
  #values(length: number, types: readonly number[], depth: number): Value[] {
    if (depth > MAX_DEPTH) throw new Malformed("its lists are nested too deeply");
    if (length > this.#bytes.length - this.at) {
      throw new Malformed("a list is longer than its file");
    }
    const values: Value[] = [];
    for (let i = 0; i < length; i++) {
      for (const type of types) values.push(this.#value(type, depth + 1));
    }
    return values;
  }

  #skip(length: number): void {
    if (!(length <= this.#bytes.length - this.at)) throw new Malformed("it ends early");
    this.at += length;
  }
}
