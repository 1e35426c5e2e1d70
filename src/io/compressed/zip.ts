/**
 * The directory and the members of zip files. Only the members that are opened are read. Zip64
 * records, which NumPy writes for members above 4 GiB, are supported.
 *
 * The format is PKWARE's APPNOTE 6.3.
 *
 * @module
 */

import { inflateSync } from "fflate";
import { InputError } from "../../errors.ts";
import { bytesOf, type ByteSource, readBytes, sectionOf } from "../bytes.ts";
import { crc32 } from "./crc32.ts";

/** A member of a zip file. */
export interface ZipMember {
  /** The name in the archive. */
  readonly name: string;
  /** The compression method: 0 for stored, 8 for deflated members. */
  readonly method: number;
  /** The CRC-32 of the content. */
  readonly crc: number;
  /** The length in the archive, in bytes. */
  readonly compressedSize: number;
  /** The length of the content, in bytes. */
  readonly size: number;
  /** The offset of the member's local header. */
  readonly offset: number;
  /** Whether the content is encrypted. */
  readonly encrypted: boolean;
}

/** The length of the record at the end of the directory, without its comment. */
const END_RECORD_BYTES = 22;

/** The value of 32-bit fields whose 64-bit value is in a zip64 record. */
const ZIP64_MARK = 0xffffffff;

/**
 * Reads the directory of a zip file.
 *
 * @param source the file
 * @returns its members, in the order of the directory
 * @throws {InputError} if it is not a zip file, or truncated, or its directory is malformed
 */
export async function zipMembers(source: ByteSource): Promise<ZipMember[]> {
  const { count, size, offset } = await findDirectory(source);
  const bytes = await readBytes(source, offset, size);
  const view = new DataView(bytes.buffer);
  const members: ZipMember[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > size || view.getUint32(at, true) !== 0x02014b50) throw malformed(source);
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > size) throw malformed(source);
    const name = bytes.subarray(at + 46, at + 46 + nameLength);
    const extra = bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    const [contentSize, compressedSize, start] = largeFields(extra, [
      view.getUint32(at + 24, true),
      view.getUint32(at + 20, true),
      view.getUint32(at + 42, true),
    ]) ?? fail(source);
    members.push({
      name: new TextDecoder().decode(name),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      compressedSize,
      size: contentSize,
      offset: start,
      encrypted: (view.getUint16(at + 8, true) & 1) !== 0,
    });
    at = next;
  }
  return members;
}

/**
 * Opens the content of a member. Stored members are read later, when they are needed; deflated ones
 * are inflated into memory, and their checksum is verified.
 *
 * @param source the zip file
 * @param member the member
 * @param name the name of the content in error messages
 * @throws {InputError} if the member is encrypted, damaged, truncated or compressed otherwise
 */
export async function zipContent(
  source: ByteSource,
  member: ZipMember,
  name: string,
): Promise<ByteSource> {
  if (member.encrypted) throw new InputError(`Cannot read ${name}: it is encrypted`);
  const local = await readBytes(source, member.offset, 30);
  const view = new DataView(local.buffer);
  if (view.getUint32(0, true) !== 0x04034b50) throw malformed(source);
  const start = member.offset + 30 + view.getUint16(26, true) + view.getUint16(28, true);
  if (member.method === 0) return sectionOf(source, name, start, member.size);
  if (member.method !== 8) {
    throw new InputError(
      `Cannot read ${name}: zip compression method ${member.method}, and only stored and ` +
        `deflated members can be read`,
    );
  }
  const damaged = `Cannot read ${name}: its compressed data is damaged`;
  const compressed = await readBytes(source, start, member.compressedSize);
  let content: Uint8Array;
  try {
    content = inflateSync(compressed, { out: new Uint8Array(member.size) });
  } catch (error) {
    throw new InputError(damaged, { cause: error });
  }
  if (content.length !== member.size || crc32(content) !== member.crc) {
    throw new InputError(damaged);
  }
  return bytesOf(name, content);
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
  const count = view.getUint16(at + 10, true);
  const size = view.getUint32(at + 12, true);
  const offset = view.getUint32(at + 16, true);
  if (count !== 0xffff && size !== ZIP64_MARK && offset !== ZIP64_MARK) {
    if (offset + size > source.size) throw malformed(source);
    return { count, size, offset };
  }
  const locatorAt = at - 20;
  if (locatorAt < 0 || view.getUint32(locatorAt, true) !== 0x07064b50) {
    return { count, size, offset };
  }
  const record = await readBytes(source, readUint64(view, locatorAt + 8), 56);
  const large = new DataView(record.buffer);
  if (large.getUint32(0, true) !== 0x06064b50) throw malformed(source);
  return {
    count: readUint64(large, 32),
    size: readUint64(large, 40),
    offset: readUint64(large, 48),
  };
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

/**
 * Replaces fields that are {@link ZIP64_MARK} by their 64-bit values from the zip64 extra field.
 */
function largeFields(
  extra: Uint8Array,
  fields: [number, number, number],
): [number, number, number] | undefined {
  if (!fields.includes(ZIP64_MARK)) return fields;
  const view = new DataView(extra.buffer, extra.byteOffset, extra.length);
  for (let at = 0; at + 4 <= extra.length;) {
    const size = view.getUint16(at + 2, true);
    if (view.getUint16(at, true) === 1 && at + 4 + size <= extra.length) {
      let next = at + 4;
      const large = fields.map((field) => {
        if (field !== ZIP64_MARK) return field;
        next += 8;
        return next <= at + 4 + size ? readUint64(view, next - 8) : NaN;
      }) as [number, number, number];
      return large.some(Number.isNaN) ? undefined : large;
    }
    at += 4 + size;
  }
  return undefined;
}

function readUint64(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
}

function malformed(source: ByteSource): InputError {
  return new InputError(`Cannot read ${source.name}: its zip directory is damaged`);
}

function fail(source: ByteSource): never {
  throw malformed(source);
}
