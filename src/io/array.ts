/**
 * Numeric arrays in files, after the headers of .npy, .npz, .safetensors and IDX files are parsed.
 * Their elements are read only when they are needed.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import { shortened } from "../shortened.ts";
import { type ByteSource, checkByteRange, readBytes } from "./bytes.ts";
import { BYTES_PER_ELEMENT, decode, type Dtype } from "./dtype.ts";
import type { Vector } from "./integers.ts";
import { checkRows, checkShape, firstNonFinite, nonFinite, type RowSource } from "./rows.ts";

/** A numeric array in a file, as the file's header describes it. */
export interface StoredArray {
  /** The name in error messages, such as "features in pool.npz" or "pool.npy". */
  readonly name: string;
  /** The lengths of the axes; empty for a single number. */
  readonly shape: readonly number[];
  /** The element type. */
  readonly dtype: Dtype;
  /** The byte order. */
  readonly littleEndian: boolean;
  /** Whether the order is column-major (Fortran order), not row-major (C order). */
  readonly fortranOrder: boolean;
  /** The source of the elements. */
  readonly bytes: ByteSource;
  /** The offset of the first element in `bytes`. */
  readonly offset: number;
}

/**
 * The number of bytes that are decoded at a time. 1 MiB is read at the full rate of the disk (on 2
 * cores 8.9 GB/s from the page cache; 64 KiB: 1.4) and fits the cache of the processor.
 */
const CHUNK_BYTES = 1 << 20;

/** Returns the number of elements of a shape, which is infinite if a float64 cannot hold it. */
export function elementCount(shape: readonly number[]): number {
  // An infinite product times 0 would be NaN.
  return shape.includes(0) ? 0 : shape.reduce((product, length) => product * length, 1);
}

/** Formats a shape for error messages: "[500, 24]". */
export function shapeText(shape: readonly number[]): string {
  return `[${shortened(shape.join(", "))}]`;
}

/**
 * Checks that a file contains all elements of an array.
 *
 * @returns the same array
 * @throws {InputError} if the file is truncated; the message names the found and needed bytes
 */
export function checkComplete(array: StoredArray): StoredArray {
  checkByteRange(array.bytes.name, array.bytes.size, array.offset, byteLength(array));
  return array;
}

/** Returns the length of the elements of an array in bytes. */
export function byteLength({ shape, dtype }: Pick<StoredArray, "shape" | "dtype">): number {
  return elementCount(shape) * BYTES_PER_ELEMENT[dtype];
}

/**
 * Returns a stored matrix as a row source.
 *
 * @param array a stored array of two axes
 * @param name the name in error messages, such as "features in pool.npy". Default: the array's name
 * @param expected the expected shape in error messages, such as "[n, d]"
 * @throws {InputError} if the array does not have two axes, or it has no rows or no columns
 */
export function matrixRows(
  array: StoredArray,
  name: string = array.name,
  expected = "[n, d]",
): RowSource {
  const { shape, dtype } = array;
  if (shape.length !== 2) {
    throw new InputError(
      `Cannot use ${name}: its shape is ${shapeText(shape)}, and it must be ${expected}`,
    );
  }
  const [rows, columns] = shape as [number, number];
  checkShape(name, rows, columns);
  const source: RowSource = {
    name,
    rows,
    columns,
    dtype,
    async read(start, target) {
      checkRows(source, start, target);
      if (array.fortranOrder) await readStripes(array, start, target);
      else await readRun(array, start * columns, target);
      const bad = firstNonFinite(target);
      if (bad < 0) return;
      // Read again as float64, to distinguish infinity from a number too large for float32.
      const row = start + Math.floor(bad / columns);
      const column = bad % columns;
      const element = array.fortranOrder ? column * rows + row : row * columns + column;
      const stored = new Float64Array(1);
      await readRun(array, element, stored);
      throw nonFinite(source, start, bad, stored[0]!);
    },
    ...array.bytes.readSync && !array.fortranOrder && {
      readSync(start: number, target: Float32Array) {
        checkRows(source, start, target);
        for (const [offset, bytes] of runReads(array, start * columns, target)) {
          array.bytes.readSync!(offset, bytes);
        }
      },
      ...dtype === "f16" && array.littleEndian && {
        readHalvesSync(start: number, target: Uint16Array<ArrayBuffer>) {
          const { buffer, byteOffset, byteLength } = target;
          const bytes = new Uint8Array(buffer, byteOffset, byteLength);
          array.bytes.readSync!(array.offset + 2 * start * columns, bytes);
        },
      },
    },
  };
  return source;
}

/**
 * Reads a vector: an array of one axis, or of shape `[n, 1]`.
 *
 * @param array the stored array, which may be empty
 * @param name the name in error messages
 * @throws {InputError} if it has another shape
 */
export async function readVector(
  array: StoredArray,
  name: string = array.name,
): Promise<Vector> {
  const { shape, dtype } = array;
  if (shape.length !== 1 && !(shape.length === 2 && shape[1] === 1)) {
    throw new InputError(
      `Cannot use ${name}: its shape is ${shapeText(shape)}, and it must be [n] or [n, 1]`,
    );
  }
  const values = new Float64Array(elementCount(shape));
  await readRun(array, 0, values);
  return { name, dtype, values };
}

/** Reads consecutive elements in their stored order. */
async function readRun(
  array: StoredArray,
  first: number,
  target: Float32Array | Float64Array,
): Promise<void> {
  for (const [offset, bytes] of runReads(array, first, target)) {
    await array.bytes.read(offset, bytes);
  }
}

/**
 * The reads of consecutive elements: offsets, and the bytes to fill before the next is asked for.
 */
function* runReads(
  array: StoredArray,
  first: number,
  target: Float32Array | Float64Array,
): Generator<readonly [offset: number, bytes: Uint8Array<ArrayBuffer>]> {
  const { dtype, littleEndian } = array;
  const size = BYTES_PER_ELEMENT[dtype];
  const offset = array.offset + first * size;
  if (dtype === "f32" && littleEndian && target instanceof Float32Array) {
    // Read directly into the numbers: every platform with WebGPU is little-endian.
    const { buffer, byteOffset, byteLength } = target;
    yield [offset, new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength)];
    return;
  }
  const perChunk = CHUNK_BYTES / size;
  const chunk = new Uint8Array(Math.min(perChunk, target.length) * size);
  for (let done = 0; done < target.length; done += perChunk) {
    const part = chunk.subarray(0, Math.min(perChunk, target.length - done) * size);
    yield [offset + done * size, part];
    decode(dtype, littleEndian, part, target, done);
  }
}

/**
 * Reads rows of a matrix in Fortran order: those of one column are contiguous in the file, and are
 * scattered into `target`. At most one chunk is held in memory. If all rows are read, one read
 * covers as many columns as fit a chunk.
 */
async function readStripes(array: StoredArray, start: number, target: Float32Array): Promise<void> {
  const { bytes, dtype, littleEndian } = array;
  const [rows, columns] = array.shape as [number, number];
  const size = BYTES_PER_ELEMENT[dtype];
  const count = target.length / columns;
  const perChunk = CHUNK_BYTES / size;
  if (count === rows && rows <= perChunk) {
    const columnsAtOnce = Math.floor(perChunk / rows);
    for (let column = 0; column < columns; column += columnsAtOnce) {
      const wide = Math.min(columnsAtOnce, columns - column);
      const chunk = await readBytes(bytes, array.offset + column * rows * size, wide * rows * size);
      for (let k = 0; k < wide; k++) {
        // A copy, because `decode` needs aligned bytes, and columns may be unaligned.
        const stripe = chunk.slice(k * rows * size, (k + 1) * rows * size);
        decode(dtype, littleEndian, stripe, target, column + k, columns);
      }
    }
    return;
  }
  const chunk = new Uint8Array(Math.min(perChunk, count) * size);
  for (let column = 0; column < columns; column++) {
    for (let done = 0; done < count; done += perChunk) {
      const part = chunk.subarray(0, Math.min(perChunk, count - done) * size);
      await bytes.read(array.offset + (column * rows + start + done) * size, part);
      decode(dtype, littleEndian, part, target, done * columns + column, columns);
    }
  }
}
