/**
 * Decompression of gzip files, such as .csv.gz and the MNIST files.
 *
 * @module
 */

import { Gunzip } from "fflate";
import { InputError } from "../../errors.ts";
import { type ByteSource, partsOf, readBytes } from "../bytes.ts";
import { crc32 } from "./crc32.ts";
import { checkExpandBytes, expandLimit, expandsTooFar } from "./limits.ts";

/**
 * The number of compressed bytes that are inflated at a time. They are at most 66 MB inflated, by
 * which the limit can be exceeded before that is noticed.
 */
export const CHUNK_BYTES = 1 << 16;

/** The options of {@link gunzip}. */
export interface GunzipOptions {
  /**
   * The largest size of the content in bytes. Default: 4 GiB, and above 64 MiB at most 200 times
   * the compressed size.
   */
  readonly maxExpandBytes?: number | undefined;
}

/** Returns whether a file starts like a gzip file. */
export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/**
 * Decompresses a gzip file into memory, including concatenated gzip files.
 *
 * @param source the compressed file
 * @param options how far it may expand
 * @returns the content, under the same name
 * @throws {InputError} if it is not gzip, it is truncated or damaged (its checksum is verified), it
 * expands too far, or its content is gzip again
 */
export async function gunzip(
  source: ByteSource,
  { maxExpandBytes }: GunzipOptions = {},
): Promise<ByteSource> {
  const { name } = source;
  checkExpandBytes(maxExpandBytes);
  const compressed = await readBytes(source, 0, source.size);
  if (!isGzip(compressed)) throw new InputError(`Cannot read ${name}: it is not a gzip file`);
  const limit = expandLimit(compressed.length, maxExpandBytes);
  const parts = expand(compressed, limit);
  if (parts === "too large") throw expandsTooFar(name, compressed.length, limit);
  if (parts === "damaged") {
    throw new InputError(`Cannot read ${name}: its compressed data is truncated or damaged`);
  }
  const content = partsOf(name, parts);
  if (isGzip(await readBytes(content, 0, Math.min(2, content.size)))) {
    throw new InputError(`Cannot read ${name}: it is gzip inside gzip, and one layer can be read`);
  }
  return content;
}

/**
 * Decompresses gzip data whose size is known.
 *
 * @throws {InputError} if it is damaged, or has another size
 */
export function inflateGzip(compressed: Uint8Array, size: number): Uint8Array {
  const parts = expand(compressed, size);
  const content = new Uint8Array(size);
  let at = 0;
  for (const part of typeof parts === "string" ? [] : parts) {
    content.set(part, at);
    at += part.length;
  }
  if (at !== size || typeof parts === "string") {
    throw new InputError("Cannot decompress: the gzip data is damaged");
  }
  return content;
}

/** Decompresses gzip data, one or several files, in parts; says so if that is not possible. */
function expand(compressed: Uint8Array, limit: number): Uint8Array[] | "too large" | "damaged" {
  const view = new DataView(compressed.buffer, compressed.byteOffset, compressed.length);
  const parts: Uint8Array[] = [];
  let total = 0;
  let length = 0;
  let crc = 0;
  let valid = true;
  /** Ends a member; its checksum and length are the 8 bytes before `end`. */
  const finish = (end: number) => {
    valid &&= end >= 18 && view.getUint32(end - 8, true) === crc &&
      view.getUint32(end - 4, true) === length % 2 ** 32;
    length = 0;
    crc = 0;
  };
  const stream = new Gunzip((part) => {
    total += part.length;
    length += part.length;
    crc = crc32(part, crc);
    if (part.length > 0 && total <= limit) parts.push(part);
  });
  stream.onmember = finish;
  try {
    for (let at = 0; at < compressed.length && valid && total <= limit; at += CHUNK_BYTES) {
      const last = at + CHUNK_BYTES >= compressed.length;
      stream.push(compressed.subarray(at, at + CHUNK_BYTES), last);
    }
  } catch {
    return "damaged";
  }
  if (total > limit) return "too large";
  finish(compressed.length);
  return valid ? parts : "damaged";
}
