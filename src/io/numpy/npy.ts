/**
 * NumPy's .npy files, format versions 1, 2 and 3.
 *
 * The format is documented in NumPy's `numpy.lib.format`. Files in Fortran order and in either byte
 * order are read; pickled objects never are.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import { checkComplete, elementCount, shapeText, type StoredArray } from "../array.ts";
import { type ByteSource, readBytes } from "../bytes.ts";
import { parseNpyHeader } from "./npy-header.ts";
import type { NumberArray } from "../rows.ts";

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** The longest header in bytes that NumPy reads. */
const MAX_HEADER_BYTES = 10_000;

/** Returns whether a file starts like an .npy file. */
export function isNpy(head: Uint8Array): boolean {
  return MAGIC.every((byte, i) => head[i] === byte);
}

/**
 * Reads the header of an .npy file.
 *
 * @param source the file; the elements are read later, when they are needed
 * @returns the array
 * @throws {InputError} if it is not an .npy file, its version is not 1, 2 or 3, its header is
 * malformed, it contains something else than numbers, or it is truncated
 */
export async function openNpy(source: ByteSource): Promise<StoredArray> {
  const { name } = source;
  const head = await readBytes(source, 0, Math.min(source.size, 12));
  if (!isNpy(head)) {
    throw new InputError(`Cannot read ${name}: it is not an .npy file, its first bytes are wrong`);
  }
  if (head.length < 10) {
    throw new InputError(
      `Cannot read ${name}: truncated, ${head.length} bytes found and 10 needed`,
    );
  }
  const version = head[6]!;
  if (version < 1 || version > 3 || head[7] !== 0) {
    throw new InputError(
      `Cannot read ${name}: .npy version ${version}.${head[7]}, and 1.0 to 3.0 can be read`,
    );
  }
  // The length of the header has 16 bits in version 1, and 32 in later ones.
  const start = version === 1 ? 10 : 12;
  if (head.length < start) {
    throw new InputError(
      `Cannot read ${name}: truncated, ${head.length} bytes found and 12 needed`,
    );
  }
  const view = new DataView(head.buffer);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MAX_HEADER_BYTES) {
    throw new InputError(
      `Cannot read ${name}: its .npy header has ${length} bytes, ` +
        `and at most ${MAX_HEADER_BYTES} are allowed`,
    );
  }
  const bytes = await readBytes(source, start, length);
  const text = new TextDecoder(version === 3 ? "utf-8" : "latin1").decode(bytes);
  const header = parseNpyHeader(text, name);
  return checkComplete({ name, ...header, bytes: source, offset: start + length });
}

/** The typed arrays that {@link encodeNpy} accepts. */
export type NpyData = NumberArray | BigInt64Array | BigUint64Array;

/**
 * Encodes an array as an .npy file: version 1.0, little-endian, C order.
 *
 * @param data the elements in C order; the file has their type
 * @param shape the lengths of the axes
 * @throws {InputError} if the shape does not have as many elements as `data`
 */
export function encodeNpy(data: NpyData, shape: readonly number[]): Uint8Array<ArrayBuffer> {
  if (elementCount(shape) !== data.length) {
    throw new InputError(
      `Cannot write an array of shape ${shapeText(shape)}: it has ${data.length} elements`,
    );
  }
  const size = data.BYTES_PER_ELEMENT;
  const kind = data.constructor.name.replace("Big", "").charAt(0).toLowerCase();
  const header = npyHeader(`${size === 1 ? "|" : "<"}${kind}${size}`, shape);
  const file = new Uint8Array(header.length + data.byteLength);
  file.set(header);
  file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), header.length);
  return file;
}

/**
 * Encodes what comes before the elements in an .npy file: version 1.0, C order.
 *
 * @param descr NumPy's name of the element type, such as `<f2` for half floats
 * @param shape the lengths of the axes
 */
export function npyHeader(descr: string, shape: readonly number[]): Uint8Array<ArrayBuffer> {
  const tuple = `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  // Padded with spaces so that the data starts at a multiple of 64 bytes, as NumPy does.
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
  const header = new Uint8Array(10 + length);
  header.set([...MAGIC, 1, 0, length & 255, length >> 8]);
  header.set(new TextEncoder().encode(text.padEnd(length - 1) + "\n"), 10);
  return header;
}
