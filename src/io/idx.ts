/**
 * IDX files, the format of MNIST: a big-endian header and a dense array.
 *
 * The format is described on the MNIST page (Y. LeCun, C. Cortes and C. Burges).
 *
 * @module
 */

import { InputError } from "../errors.ts";
import { checkComplete, elementCount, type StoredArray } from "./array.ts";
import { type ByteSource, readBytes } from "./bytes.ts";
import type { Dtype } from "./dtype.ts";

/** The codes of element types in IDX files. */
const DTYPES: Readonly<Record<number, Dtype>> = {
  0x08: "u8",
  0x09: "i8",
  0x0b: "i16",
  0x0c: "i32",
  0x0d: "f32",
  0x0e: "f64",
};

/** Returns whether a file starts like an IDX file: two zeros, a type code, the number of axes. */
export function isIdx(head: Uint8Array): boolean {
  return head[0] === 0 && head[1] === 0 && DTYPES[head[2] ?? 0] !== undefined &&
    (head[3] ?? 0) > 0;
}

/**
 * Reads the header of an IDX file.
 *
 * @param source the file, not compressed
 * @returns an array `[n]` of labels; or, of arrays with more axes, `[n, d]` with flattened samples
 * (MNIST's images `[n, 28, 28]` become `[n, 784]`)
 * @throws {InputError} if it is not an IDX file, or it is truncated
 */
export async function openIdx(source: ByteSource): Promise<StoredArray> {
  const { name } = source;
  const head = await readBytes(source, 0, Math.min(4, source.size));
  if (!isIdx(head)) {
    throw new InputError(`Cannot read ${name}: it is not an IDX file, its first bytes are wrong`);
  }
  const rank = head[3]!;
  const view = new DataView((await readBytes(source, 4, 4 * rank)).buffer);
  const lengths = Array.from({ length: rank }, (_, axis) => view.getUint32(4 * axis));
  const [rows, ...sample] = lengths as [number, ...number[]];
  return checkComplete({
    name,
    shape: sample.length === 0 ? [rows] : [rows, elementCount(sample)],
    dtype: DTYPES[head[2]!]!,
    littleEndian: false,
    fortranOrder: false,
    bytes: source,
    offset: 4 + 4 * rank,
  });
}
