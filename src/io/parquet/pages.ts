/**
 * The pages of a column of a parquet file: their headers, and their decompression.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import { loadBrotli } from "../compressed/brotli.ts";
import { unpackHadoopLz4, unpackLz4, unpackSnappy } from "../compressed/blocks.ts";
import { crc32 } from "../compressed/crc32.ts";
import { inflateGzip } from "../compressed/gzip.ts";
import { unpackZstd } from "../compressed/zstd.ts";
import { Malformed, type Struct, ThriftReader } from "./thrift.ts";

/** The names of the compressions, by their numbers in the file. */
export const CODECS = [
  "UNCOMPRESSED",
  "SNAPPY",
  "GZIP",
  "LZO",
  "BROTLI",
  "LZ4",
  "ZSTD",
  "LZ4_RAW",
] as const;

/** Loads the decompression of a page of known size. */
export type Unpack = (input: Uint8Array, size: number) => Uint8Array;

/**
 * Returns the decompression of a codec. That of Brotli is loaded when it is needed.
 *
 * @param codec the number of the codec
 * @param name the name of the column in error messages
 * @throws {InputError} if the codec cannot be read
 */
export async function unpackerOf(codec: number, name: string): Promise<Unpack> {
  const into = (unpack: (input: Uint8Array, target: Uint8Array) => void): Unpack => {
    return (input, size) => {
      const target = new Uint8Array(size);
      unpack(input, target);
      return target;
    };
  };
  switch (CODECS[codec]) {
    case "UNCOMPRESSED":
      return (input) => input;
    case "SNAPPY":
      return into(unpackSnappy);
    case "GZIP":
      return inflateGzip;
    case "LZ4":
      return into(unpackHadoopLz4);
    case "LZ4_RAW":
      return into(unpackLz4);
    case "ZSTD":
      return into(unpackZstd);
    case "BROTLI":
      return await loadBrotli();
    default: {
      const known = "UNCOMPRESSED, SNAPPY, GZIP, BROTLI, ZSTD, LZ4, LZ4_RAW";
      throw new InputError(
        `Cannot read ${name}: it is compressed with ${CODECS[codec] ?? codec}, and only ` +
          `${known} can be read`,
      );
    }
  }
}

/** A page with its content decompressed. */
export interface Page {
  /** What the page holds; pages of other kinds, which are skipped, have "other". */
  readonly kind: "dictionary" | "data" | "data2" | "other";
  /** The number of values, nulls and empty lists counted. */
  readonly values: number;
  /** The number of the encoding of the values. */
  readonly encoding: number;
  /** The levels and the values; in a page of version 2, the values alone. */
  readonly content: Uint8Array;
  /** The levels of a page of version 2, and what its header says about them. */
  readonly levels?: {
    readonly repetition: Uint8Array;
    readonly definition: Uint8Array;
    readonly rows: number;
    readonly nulls: number;
  };
  /** The position after the page. */
  readonly end: number;
}

/**
 * Returns the size of a page with its header, or undefined if the bytes end within its header.
 *
 * @param bytes bytes from the beginning of the page on
 */
export function pageSize(bytes: Uint8Array): number | undefined {
  try {
    const reader = new ThriftReader(bytes, 0);
    const compressedSize = length(reader.struct().i32(3));
    return reader.at + compressedSize;
  } catch {
    return undefined;
  }
}

/**
 * Reads a page.
 *
 * @param bytes bytes that contain the page
 * @param at the position of its header
 * @param unpack the decompression of the column
 * @param limit the largest size of the content in bytes
 * @throws {Malformed} if the page is damaged
 */
export function readPage(bytes: Uint8Array, at: number, unpack: Unpack, limit: number): Page {
  const reader = new ThriftReader(bytes, at);
  const header = reader.struct();
  const size = length(header.i32(2));
  const compressedSize = length(header.i32(3));
  const end = reader.at + compressedSize;
  if (end > bytes.length) throw new Malformed("a page lies outside its column");
  if (size > limit) throw new Malformed(`a page of ${size} bytes is larger than ${limit}`);
  const body = bytes.subarray(reader.at, end);
  const crc = header.i32(4);
  if (crc !== undefined && crc32(body) !== crc >>> 0) {
    throw new Malformed("the checksum of a page is wrong");
  }
  switch (header.i32(1)) {
    case 0: {
      const data = needed(header.struct(5));
      if (length(data.i32(3)) !== 3 || length(data.i32(4)) !== 3) {
        throw new Malformed("the levels of a page have an old encoding");
      }
      const content = unpacked(body, size, unpack);
      return { kind: "data", ...countsOf(data, 2), content, end };
    }
    case 1:
      return { kind: "other", values: 0, encoding: 0, content: body, end };
    case 2:
      return {
        kind: "dictionary",
        ...countsOf(needed(header.struct(7)), 2),
        content: unpacked(body, size, unpack),
        end,
      };
    case 3:
      return { kind: "data2", ...secondVersion(needed(header.struct(8)), body, size, unpack), end };
    default:
      throw new Malformed("a page is of no known kind");
  }
}

/** The content of a page of version 2: its levels are never compressed. */
function secondVersion(header: Struct, body: Uint8Array, size: number, unpack: Unpack) {
  const definitionSize = length(header.i32(5));
  const repetitionSize = length(header.i32(6));
  const start = definitionSize + repetitionSize;
  if (start > body.length || start > size) throw new Malformed("the levels of a page end early");
  const rest = body.subarray(start);
  const plain = header.bool(7) === false;
  return {
    ...countsOf(header, 4),
    // Some writers compress nothing to a byte, and others leave it out.
    content: size === start
      ? new Uint8Array(0)
      : unpacked(rest, size - start, plain ? (input) => input : unpack),
    levels: {
      repetition: body.subarray(0, repetitionSize),
      definition: body.subarray(repetitionSize, start),
      nulls: length(header.i32(2)),
      rows: length(header.i32(3)),
    },
  };
}

function countsOf(header: Struct, encoding: number): { values: number; encoding: number } {
  return { values: length(header.i32(1)), encoding: length(header.i32(encoding)) };
}

function unpacked(body: Uint8Array, size: number, unpack: Unpack): Uint8Array {
  const content = unpack(body, size);
  if (content.length !== size) {
    throw new Malformed(`a page has ${content.length} bytes, not ${size}`);
  }
  return content;
}

function needed(value: Struct | undefined): Struct {
  if (value === undefined) throw new Malformed("a page has no header");
  return value;
}

function length(value: number | undefined): number {
  if (value === undefined || value < 0) throw new Malformed("the header of a page is wrong");
  return value;
}
