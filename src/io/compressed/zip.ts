/**
 * The directory and the members of zip files. Only the members that are opened are read. Zip64
 * records, which NumPy writes for members above 4 GiB, are supported.
 *
 * The format is PKWARE's APPNOTE 6.3.
 *
 * @module
 */

import { Inflate } from "fflate";
import { InputError } from "../../errors.ts";
import { shortened } from "../../shortened.ts";
import { bytesOf, type ByteSource, readBytes, sectionOf } from "../bytes.ts";
import { checkedSource } from "./checked-source.ts";
import { crc32 } from "./crc32.ts";
import { CHUNK_BYTES } from "./gzip.ts";
import { checkExpandBytes, expandLimit, expandsTooFar } from "./limits.ts";
import { checkLocalHeader, largeFields, readUint64, type ZipMember } from "./zip-header.ts";

/** The length of the record at the end of the directory, without its comment. */
const END_RECORD_BYTES = 22;

/** The newest version of the format, 6.3, that a member may need. */
const MOST_VERSION = 63;

/** The flags of patches and of strong encryption, which nobody writes. */
const STRANGE_FLAGS = 32 | 64;

/** The most that deflate can expand: 258 bytes from 2 bits, and a block or two. */
const MOST_DEFLATED = 1032;

/**
 * Reads the directory of a zip file.
 *
 * @param source the file
 * @returns its members, in the order of the directory
 * @throws {InputError} if it is not a zip file, or truncated, its directory is malformed, or two
 * members have the same name
 */
export async function zipMembers(source: ByteSource): Promise<ZipMember[]> {
  const { count, size, offset } = await findDirectory(source);
  const bytes = await readBytes(source, offset, size);
  const view = new DataView(bytes.buffer);
  const members: Omit<ZipMember, "end">[] = [];
  const names = new Set<string>();
  let at = 0;
  while (at < size) {
    if (at + 46 > size || view.getUint32(at, true) !== 0x02014b50) throw malformed(source);
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    const version = view.getUint8(at + 6);
    if (next > size || version > MOST_VERSION) throw malformed(source);
    const nameBytes = bytes.subarray(at + 46, at + 46 + nameLength);
    const extra = bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    const [contentSize, compressedSize, start] = largeFields(extra, [
      view.getUint32(at + 24, true),
      view.getUint32(at + 20, true),
      view.getUint32(at + 42, true),
    ]) ?? fail(source);
    const name = new TextDecoder().decode(nameBytes);
    if (names.has(name)) {
      throw new InputError(
        `Cannot read ${source.name}: two of its members are called ${shortened(name)}`,
      );
    }
    names.add(name);
    members.push({
      name,
      nameBytes,
      method: view.getUint16(at + 10, true),
      flags: view.getUint16(at + 8, true),
      crc: view.getUint32(at + 16, true),
      compressedSize,
      size: contentSize,
      offset: start,
    });
    at = next;
  }
  if (members.length !== count) throw malformed(source);
  const head = await readBytes(source, 0, Math.min(4, source.size));
  if (members.length > 0 && !isZip(head)) throw await notZip(source);
  const starts = members.map((member) => member.offset).sort((a, b) => a - b);
  const ends = new Map(starts.map((start, i) => [start, starts[i + 1] ?? offset]));
  return members.map((member) => ({ ...member, end: ends.get(member.offset)! }));
}

/** The options of {@link zipContent}. */
export interface ZipOptions {
  /**
   * The largest size of the content of a deflated member in bytes. Default: 4 GiB, and above 64 MiB
   * at most 200 times the compressed size.
   */
  readonly maxExpandBytes?: number | undefined;
}

/**
 * Opens the content of a member. Stored members are read later, when they are needed, and their
 * checksum is verified on the way (see `checkedSource`); deflated ones are inflated into memory.
 *
 * @param source the zip file
 * @param member the member
 * @param name the name of the content in error messages
 * @param options how far the member may expand
 * @throws {InputError} if the member is encrypted, damaged, truncated, compressed otherwise, or
 * expands too far, its two headers differ, or it overlaps the next member
 */
export async function zipContent(
  source: ByteSource,
  member: ZipMember,
  name: string,
  { maxExpandBytes }: ZipOptions = {},
): Promise<ByteSource> {
  checkExpandBytes(maxExpandBytes);
  if (member.flags & 1) throw new InputError(`Cannot read ${name}: it is encrypted`);
  if (member.flags & STRANGE_FLAGS) throw malformed(source);
  const { method, size, compressedSize } = member;
  if (method !== 0 && method !== 8) {
    throw new InputError(
      `Cannot read ${name}: zip compression method ${method}, and only stored and ` +
        `deflated members can be read`,
    );
  }
  const start = await checkLocalHeader(source, member, name);
  if (start + compressedSize > member.end) {
    throw new InputError(`Cannot read ${name}: it overlaps another part of the zip file`);
  }
  if (method === 0) {
    if (size !== compressedSize) throw wrongSize(name);
    return checkedSource(sectionOf(source, name, start, size), member.crc);
  }
  // Before the allocation: a size that lies may be far larger than memory.
  if (size > MOST_DEFLATED * (compressedSize + 1)) throw wrongSize(name);
  const limit = expandLimit(compressedSize, maxExpandBytes);
  if (size > limit) throw expandsTooFar(name, compressedSize, limit);
  const compressed = await readBytes(source, start, compressedSize);
  // The library also takes data that something follows, as Python does.
  for (const inflate of [inflateNatively, inflateByLibrary]) {
    const content = await inflate(compressed, size);
    if (content && crc32(content) === member.crc) return bytesOf(name, content);
  }
  throw new InputError(`Cannot read ${name}: its compressed data is damaged`);
}

/**
 * Inflates data of known size by the runtime, three times faster than the library; returns
 * undefined if it is damaged or has another size, or if the runtime cannot.
 */
async function inflateNatively(
  compressed: Uint8Array<ArrayBuffer>,
  size: number,
): Promise<Uint8Array | undefined> {
  if (typeof DecompressionStream === "undefined") return undefined;
  const content = new Uint8Array(size);
  let done = 0;
  try {
    const stream = chunksOf(compressed).pipeThrough(new DecompressionStream("deflate-raw"));
    for (const reader = stream.getReader();;) {
      const { value } = await reader.read();
      if (!value) break;
      if (done + value.length > size) {
        await reader.cancel();
        return undefined;
      }
      content.set(value, done);
      done += value.length;
    }
  } catch {
    return undefined;
  }
  return done === size ? content : undefined;
}

/** A stream of small parts, of which none can inflate to more than 66 MB at once. */
function chunksOf(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.subarray(at, at += CHUNK_BYTES));
    },
  });
}

/** Inflates data of known size; returns undefined if it is damaged, or has another size. */
function inflateByLibrary(compressed: Uint8Array, size: number): Uint8Array | undefined {
  const content = new Uint8Array(size);
  let done = 0;
  const stream = new Inflate((part) => {
    if (done + part.length <= size) content.set(part, done);
    done += part.length;
  });
  try {
    for (let at = 0; at < compressed.length && done <= size; at += CHUNK_BYTES) {
      const last = at + CHUNK_BYTES >= compressed.length;
      stream.push(compressed.subarray(at, at + CHUNK_BYTES), last);
    }
  } catch {
    return undefined;
  }
  return done === size ? content : undefined;
}

/** Finds the directory by the record at the end of the file. */
async function findDirectory(
  source: ByteSource,
): Promise<{ count: number; size: number; offset: number }> {
  // The record ends with a comment of up to 65,535 bytes, which is nearly always empty.
  const length = Math.min(source.size, END_RECORD_BYTES + 0xffff);
  const tail = await readBytes(source, source.size - length, length);
  const view = new DataView(tail.buffer);
  let at = length - END_RECORD_BYTES;
  while (at >= 0 && view.getUint32(at, true) !== 0x06054b50) at--;
  if (at < 0) throw await notZip(source);
  const locatorAt = at - 20;
  if (locatorAt < 0 || view.getUint32(locatorAt, true) !== 0x07064b50) {
    const count = view.getUint16(at + 10, true);
    const size = view.getUint32(at + 12, true);
    const offset = view.getUint32(at + 16, true);
    // Programs that find the directory from its end would else read another one.
    if (offset + size !== source.size - length + at) throw malformed(source);
    return { count, size, offset };
  }
  const recordAt = readUint64(view, locatorAt + 8);
  const large = new DataView((await readBytes(source, recordAt, 56)).buffer);
  const directory = {
    count: readUint64(large, 32),
    size: readUint64(large, 40),
    offset: readUint64(large, 48),
  };
  const follows = directory.offset + directory.size === recordAt &&
    recordAt + 56 === source.size - length + locatorAt;
  if (large.getUint32(0, true) !== 0x06064b50 || !follows) throw malformed(source);
  return directory;
}

/**
 * Returns the error for a file without the record at its end: it is truncated, or not a zip file.
 */
async function notZip(source: ByteSource): Promise<InputError> {
  const head = await readBytes(source, 0, Math.min(4, source.size));
  return isZip(head)
    ? new InputError(
      `Cannot read ${source.name}: truncated, its ${source.size} bytes end without a zip directory`,
    )
    : new InputError(`Cannot read ${source.name}: it is not a zip file`);
}

/** Returns whether a file starts like a zip file. */
export function isZip(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4;
}

function malformed(source: ByteSource): InputError {
  return new InputError(`Cannot read ${source.name}: its zip directory is damaged`);
}

function wrongSize(name: string): InputError {
  return new InputError(`Cannot read ${name}: its size in the zip directory is wrong`);
}

function fail(source: ByteSource): never {
  throw malformed(source);
}
