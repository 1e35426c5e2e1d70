/**
 * Random-access byte sources: a file, a Blob picked in a browser, or memory. All format readers use
 * them, so that they work on every runtime, and read pools larger than memory in chunks.
 *
 * @module
 */

import { InputError } from "../errors.ts";

/** A sequence of bytes that can be read at any offset, also by concurrent reads. */
export interface ByteSource {
  /** The name in error messages: the path as the user gave it. */
  readonly name: string;
  /** The length in bytes. */
  readonly size: number;
  /**
   * Reads bytes.
   *
   * @param offset the offset of the first byte
   * @param target receives the bytes, as many as it is long
   * @throws {InputError} if the range `[offset, offset + target.length)` is not completely inside
   * the source, or the source can no longer be read
   */
  read(offset: number, target: Uint8Array): Promise<void>;
  /** Reads bytes like `read`, but has read them when it returns. Absent if that is not possible. */
  readSync?(offset: number, target: Uint8Array): void;
}

/**
 * Returns bytes in memory as a byte source. They are not copied.
 *
 * @param name the name in error messages
 * @param bytes the bytes, which must not change while the source is in use
 */
export function bytesOf(name: string, bytes: Uint8Array | ArrayBuffer): ByteSource {
  const all = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  return inMemory(name, all.length, (offset, target) => {
    target.set(all.subarray(offset, offset + target.length));
  });
}

/**
 * Returns parts in memory, which follow each other, as one byte source. They are not copied.
 *
 * @param name the name in error messages
 * @param parts the parts, none empty, which must not change while the source is in use
 */
export function partsOf(name: string, parts: readonly Uint8Array[]): ByteSource {
  if (parts.length === 1) return bytesOf(name, parts[0]!);
  const starts: number[] = [];
  let size = 0;
  for (const part of parts) {
    starts.push(size);
    size += part.length;
  }
  return inMemory(name, size, (offset, target) => {
    let first = 0;
    for (let last = starts.length; last - first > 1;) {
      const middle = (first + last) >> 1;
      if (starts[middle]! <= offset) first = middle;
      else last = middle;
    }
    for (let done = 0; done < target.length; first++) {
      const start = offset + done - starts[first]!;
      const piece = parts[first]!.subarray(start, start + target.length - done);
      target.set(piece, done);
      done += piece.length;
    }
  });
}

function inMemory(
  name: string,
  size: number,
  copy: (offset: number, target: Uint8Array) => void,
): ByteSource {
  const readSync = (offset: number, target: Uint8Array) => {
    checkByteRange(name, size, offset, target.length);
    copy(offset, target);
  };
  return {
    name,
    size,
    readSync,
    // Async, so that a range error is a rejection, as it is from every other source.
    // deno-lint-ignore require-await
    read: async (offset, target) => readSync(offset, target),
  };
}

/**
 * Returns a `Blob`, or a `File` of a browser's file input, as a byte source. Only the ranges that
 * are read are copied to memory.
 *
 * @param name the name in error messages
 * @param blob the blob
 */
export function blobSource(name: string, blob: Blob): ByteSource {
  return {
    name,
    size: blob.size,
    async read(offset, target) {
      checkByteRange(name, blob.size, offset, target.length);
      let buffer: ArrayBuffer;
      try {
        buffer = await blob.slice(offset, offset + target.length).arrayBuffer();
      } catch (error) {
        // Browsers reject reads of a picked file that has changed on disk.
        throw new InputError(`Cannot read ${name}: it changed since it was opened`, {
          cause: error,
        });
      }
      target.set(new Uint8Array(buffer));
    },
  };
}

/**
 * Returns a part of a byte source as a byte source.
 *
 * @param source the whole source
 * @param name the name of the part in error messages
 * @param offset the offset of the part, in bytes
 * @param size the length of the part, in bytes
 * @throws {InputError} if the part is not completely inside the whole
 */
export function sectionOf(
  source: ByteSource,
  name: string,
  offset: number,
  size: number,
): ByteSource {
  checkByteRange(source.name, source.size, offset, size);
  return {
    name,
    size,
    async read(start, target) {
      checkByteRange(name, size, start, target.length);
      await source.read(offset + start, target);
    },
    ...source.readSync && {
      readSync(start: number, target: Uint8Array) {
        checkByteRange(name, size, start, target.length);
        source.readSync!(offset + start, target);
      },
    },
  };
}

/**
 * Reads a range of bytes into a new array.
 *
 * @throws {InputError} if the range is not completely inside the source
 */
export async function readBytes(
  source: ByteSource,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  // Checked before the allocation: a corrupt length may be far larger than memory.
  checkByteRange(source.name, source.size, offset, length);
  const bytes = new Uint8Array(length);
  await source.read(offset, bytes);
  return bytes;
}

/**
 * Checks that a range lies inside a source.
 *
 * @throws {InputError} if it does not: the file is truncated, or its header is wrong
 */
export function checkByteRange(name: string, size: number, offset: number, length: number): void {
  if (!Number.isSafeInteger(offset) || offset < 0 || length < 0 || !(offset + length <= size)) {
    const end = offset + length;
    const needed = Number.isSafeInteger(end) ? end : "more than any file has";
    throw new InputError(
      `Cannot read ${name}: truncated, ${size} bytes found and ${needed} needed`,
    );
  }
}
