/**
 * The headers of the members of a zip file, of which each has two: one in the directory, and one
 * before its content. Both must say the same, because programs differ in which they believe.
 *
 * The format is PKWARE's APPNOTE 6.3, sections 4.3.7 and 4.5.3.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import { type ByteSource, readBytes } from "../bytes.ts";

/** A member of a zip file. */
export interface ZipMember {
  /** The name in the archive. */
  readonly name: string;
  /** The name in the archive as bytes. */
  readonly nameBytes: Uint8Array;
  /** The compression method: 0 for stored, 8 for deflated members. */
  readonly method: number;
  /** The flags of the member. */
  readonly flags: number;
  /** The CRC-32 of the content. */
  readonly crc: number;
  /** The length in the archive, in bytes. */
  readonly compressedSize: number;
  /** The length of the content, in bytes. */
  readonly size: number;
  /** The offset of the member's local header. */
  readonly offset: number;
  /** The offset of the next member, or of the directory. */
  readonly end: number;
}

/** The value of 32-bit fields whose 64-bit value is in a zip64 record. */
const ZIP64_MARK = 0xffffffff;

/** The flag of members whose sizes and checksum follow their content. */
const SIZES_FOLLOW = 8;

/**
 * Checks that the header before the content of a member says what the directory says.
 *
 * @param source the zip file
 * @param member the member, as the directory describes it
 * @param name the name of the content in error messages
 * @returns the position of the content
 * @throws {InputError} if there is no such header, or they differ
 */
export async function checkLocalHeader(
  source: ByteSource,
  member: ZipMember,
  name: string,
): Promise<number> {
  const head = await readBytes(source, member.offset, 30);
  const view = new DataView(head.buffer);
  const differs = (what: string) =>
    new InputError(`Cannot read ${name}: its two zip headers differ in ${what}`);
  if (view.getUint32(0, true) !== 0x04034b50) {
    throw new InputError(`Cannot read ${name}: its zip header is damaged`);
  }
  const nameLength = view.getUint16(26, true);
  const extraLength = view.getUint16(28, true);
  const rest = await readBytes(source, member.offset + 30, nameLength + extraLength);
  const { nameBytes } = member;
  if (nameLength !== nameBytes.length || nameBytes.some((byte, i) => byte !== rest[i])) {
    throw differs("their names");
  }
  if (view.getUint16(8, true) !== member.method) throw differs("the compression");
  const flags = view.getUint16(6, true);
  if ((flags & 1) !== (member.flags & 1)) throw differs("the encryption");
  const crc = view.getUint32(14, true);
  const sizes = largeFields(rest.subarray(nameLength), [
    view.getUint32(22, true),
    view.getUint32(18, true),
    0,
  ]);
  const [size, compressedSize] = sizes ?? [NaN, NaN];
  const same = crc === member.crc && size === member.size &&
    compressedSize === member.compressedSize;
  const unknown = (flags & SIZES_FOLLOW) !== 0;
  if (!same && !unknown) throw differs(crc === member.crc ? "the size" : "the checksum");
  return member.offset + 30 + nameLength + extraLength;
}

/**
 * Replaces fields that are {@link ZIP64_MARK} by their 64-bit values from the zip64 extra field.
 *
 * @param extra the extra fields
 * @param fields the values of 32 bits, in the order of the zip64 field
 * @returns the values, or undefined if the extra fields are damaged or lack one of them
 */
export function largeFields(
  extra: Uint8Array,
  fields: readonly [number, number, number],
): readonly [number, number, number] | undefined {
  const view = new DataView(extra.buffer, extra.byteOffset, extra.length);
  let found: readonly [number, number, number] | undefined;
  let at = 0;
  for (; at + 4 <= extra.length;) {
    const size = view.getUint16(at + 2, true);
    if (at + 4 + size > extra.length) return undefined;
    if (view.getUint16(at, true) === 1 && found === undefined) {
      let next = at + 4;
      const large = fields.map((field) => {
        if (field !== ZIP64_MARK) return field;
        next += 8;
        return next <= at + 4 + size ? readUint64(view, next - 8) : NaN;
      }) as [number, number, number];
      if (!large.every(Number.isSafeInteger)) return undefined;
      found = large;
    }
    at += 4 + size;
  }
  return fields.includes(ZIP64_MARK) ? found : fields;
}

/** Reads an unsigned number of 64 bits; above 2^53 it is rounded. */
export function readUint64(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
}
