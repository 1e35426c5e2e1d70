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

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** Whether bytes begin as an .npy file does. */
export function isNpy(head: Uint8Array): boolean {
  return magic.every((byte, i) => head[i] === byte);
}

/**
 * Reads the header of an .npy file.
 *
 * @param source The file; the array's bytes are read from it later, as they are needed.
 * @throws {InputError} It is not an .npy file, its version is not 1, 2 or 3, its header is malformed,
 * it holds something else than plain numbers, or it is truncated.
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
  if (version < 1 || version > 3) {
    throw new InputError(
      `Cannot read ${name}: .npy version ${version}.${head[7]}, and 1 to 3 can be read`,
    );
  }
  // Version 1 gives the header's length in 16 bits, later ones in 32.
  const start = version === 1 ? 10 : 12;
  if (head.length < start) {
    throw new InputError(
      `Cannot read ${name}: truncated, ${head.length} bytes found and 12 needed`,
    );
  }
  const view = new DataView(head.buffer);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const bytes = await readBytes(source, start, length);
  const text = new TextDecoder(version === 3 ? "utf-8" : "latin1").decode(bytes);
  const header = parseNpyHeader(text, name);
  return checkComplete({ name, ...header, bytes: source, offset: start + length });
}

/** Typed arrays that {@link encodeNpy} writes. */
export type NpyData = NumberArray | BigInt64Array | BigUint64Array;

/**
 * Writes an array as an .npy file: version 1.0, little-endian, C order.
 *
 * @param data The elements in C order; their type becomes the file's.
 * @param shape Lengths of the axes.
 * @throws {InputError} The shape does not have as many elements as `data`.
 */
export function encodeNpy(data: NpyData, shape: readonly number[]): Uint8Array<ArrayBuffer> {
  if (elementCount(shape) !== data.length) {
    throw new InputError(
      `Cannot write an array of shape ${shapeText(shape)}: it has ${data.length} elements`,
    );
  }
  const size = data.BYTES_PER_ELEMENT;
  const kind = data.constructor.name.replace("Big", "").charAt(0).toLowerCase();
  const order = size === 1 ? "|" : "<";
  const tuple = `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
  const text = `{'descr': '${order}${kind}${size}', 'fortran_order': False, 'shape': ${tuple}, }`;
  // NumPy pads with spaces so that the data begins at a multiple of 64 bytes.
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
  const file = new Uint8Array(10 + length + data.byteLength);
  file.set([...magic, 1, 0, length & 255, length >> 8]);
  file.set(new TextEncoder().encode(text.padEnd(length - 1) + "\n"), 10);
  file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + length);
  return file;
}
