/**
 * Bytes that can be read at any offset: a file, a Blob picked in a browser, or memory. Every format
 * reader takes one of these, so that none of them knows where the bytes live, and so that a pool
 * larger than memory is read in pieces.
 *
 * @module
 */

import { InputError } from "../errors.ts";

/** Bytes that can be read at any offset, in any order, also by several reads at once. */
export interface ByteSource {
  /** What messages call it: the path as the user gave it. */
  readonly name: string;
  /** Length in bytes. */
  readonly size: number;
  /**
   * Fills `target` with the bytes from `offset` on.
   *
   * @throws {InputError} The range `[offset, offset + target.length)` is not all inside the source,
   * or the source can no longer be read.
   */
  read(offset: number, target: Uint8Array): Promise<void>;
}

/**
 * A source over bytes in memory, which are not copied.
 *
 * @param name What messages call it.
 * @param bytes The bytes; they must not change while the source is in use.
 */
export function bytesOf(name: string, bytes: Uint8Array | ArrayBuffer): ByteSource {
  const all = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  return {
    name,
    size: all.length,
    // Async, so that a range error is a rejection, as it is from every other source.
    // deno-lint-ignore require-await
    async read(offset, target) {
      checkRange(name, all.length, offset, target.length);
      target.set(all.subarray(offset, offset + target.length));
    },
  };
}

/**
 * A source over a `Blob` or `File`, as a browser's file input gives it. Only the ranges that are
 * read come into memory.
 *
 * @param name What messages call it.
 * @param blob The blob.
 */
export function blobSource(name: string, blob: Blob): ByteSource {
  return {
    name,
    size: blob.size,
    async read(offset, target) {
      checkRange(name, blob.size, offset, target.length);
      let buffer: ArrayBuffer;
      try {
        buffer = await blob.slice(offset, offset + target.length).arrayBuffer();
      } catch (error) {
        // Browsers refuse a picked file that changed on disk since.
        throw new InputError(`Cannot read ${name}: it changed since it was opened`, {
          cause: error,
        });
      }
      target.set(new Uint8Array(buffer));
    },
  };
}

/**
 * A part of a source, as a source of its own.
 *
 * @param source The whole.
 * @param name What messages call the part.
 * @param offset Where the part begins, in bytes.
 * @param size Its length in bytes.
 * @throws {InputError} The part is not all inside the whole.
 */
export function sectionOf(
  source: ByteSource,
  name: string,
  offset: number,
  size: number,
): ByteSource {
  checkRange(source.name, source.size, offset, size);
  return {
    name,
    size,
    async read(start, target) {
      checkRange(name, size, start, target.length);
      await source.read(offset + start, target);
    },
  };
}

/**
 * Reads one range into new memory.
 *
 * @throws {InputError} The range is not all inside the source.
 */
export async function readBytes(
  source: ByteSource,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  // Before the allocation: a corrupt length may be far larger than memory.
  checkRange(source.name, source.size, offset, length);
  const bytes = new Uint8Array(length);
  await source.read(offset, bytes);
  return bytes;
}

/**
 * Checks that a range lies inside a source.
 *
 * @throws {InputError} It does not, which means that the file is truncated or its header lies.
 */
export function checkRange(name: string, size: number, offset: number, length: number): void {
  if (!Number.isSafeInteger(offset) || offset < 0 || length < 0 || !(offset + length <= size)) {
    throw new InputError(
      `Cannot read ${name}: truncated, ${size} bytes found and ${offset + length} needed`,
    );
  }
}
