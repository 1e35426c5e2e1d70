/**
 * Decompression of gzip files, such as .csv.gz and the MNIST files.
 *
 * @module
 */

import { Gunzip } from "fflate";
import { InputError } from "../../errors.ts";
import { bytesOf, type ByteSource, readBytes } from "../bytes.ts";
import { crc32 } from "./crc32.ts";

/** The number of compressed bytes that are inflated at a time. */
const CHUNK_BYTES = 1 << 20;

/** Returns whether a file starts like a gzip file. */
export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/**
 * Decompresses a gzip file into memory, including concatenated gzip files.
 *
 * @param source the compressed file
 * @returns the content, under the same name
 * @throws {InputError} if it is not gzip, or it is truncated or damaged (its checksum is verified)
 */
export async function gunzip(source: ByteSource): Promise<ByteSource> {
  const { name } = source;
  const compressed = await readBytes(source, 0, source.size);
  if (!isGzip(compressed)) throw new InputError(`Cannot read ${name}: it is not a gzip file`);
  const view = new DataView(compressed.buffer);
  const damaged = `Cannot read ${name}: its compressed data is truncated or damaged`;
  const members: Uint8Array[] = [];
  let parts: Uint8Array[] = [];

  /** Ends a member; its checksum and length are the 8 bytes before `end`. */
  const finish = (end: number) => {
    const member = joined(parts);
    const expected = end >= 18 ? view.getUint32(end - 8, true) : -1;
    if (crc32(member) !== expected || view.getUint32(end - 4, true) !== member.length % 2 ** 32) {
      throw new InputError(damaged);
    }
    members.push(member);
    parts = [];
  };

  const stream = new Gunzip((part) => void parts.push(part));
  stream.onmember = finish;
  try {
    for (let at = 0; at < compressed.length; at += CHUNK_BYTES) {
      const last = at + CHUNK_BYTES >= compressed.length;
      stream.push(compressed.subarray(at, at + CHUNK_BYTES), last);
    }
  } catch (error) {
    throw error instanceof InputError ? error : new InputError(damaged, { cause: error });
  }
  finish(compressed.length);
  return bytesOf(name, members.length === 1 ? members[0]! : joined(members));
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
