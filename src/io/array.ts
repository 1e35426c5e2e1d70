/**
 * A numeric array lying in a file: what .npy, .npz, .safetensors and IDX have in common once their
 * headers are read. Opening one costs nothing; only the rows that are asked for are read.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import { type ByteSource, checkRange, readBytes } from "./bytes.ts";
import { bytesPerElement, decode, type Dtype } from "./dtype.ts";
import type { Vector } from "./integers.ts";
import { checkRows, checkShape, firstNonFinite, nonFinite, type RowSource } from "./rows.ts";

/** A numeric array lying in a file, as its header describes it. */
export interface StoredArray {
  /** What messages call it, such as "features in pool.npz" or "pool.npy". */
  readonly name: string;
  /** Lengths of the axes; empty for a single number. */
  readonly shape: readonly number[];
  /** The element type. */
  readonly dtype: Dtype;
  /** The byte order. */
  readonly littleEndian: boolean;
  /** Whether the first axis varies fastest (Fortran order) and not the last (C order). */
  readonly fortranOrder: boolean;
  /** Where the elements lie. */
  readonly bytes: ByteSource;
  /** Where in `bytes` the first element begins. */
  readonly offset: number;
}

/**
 * Bytes decoded at a time. 1 MiB reads at the disk's full rate (on this project's 2-core machine
 * 8.9 GB/s from the page cache; 64 KiB: 1.4) and stays in the processor's cache.
 */
const chunkBytes = 1 << 20;

/** Number of elements of a shape. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** A shape as messages write it: "[500, 24]". */
export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}

/**
 * Checks that the elements which a header promises are there.
 *
 * @returns The array itself.
 * @throws {InputError} The file is truncated; the message says how many bytes were found and needed.
 */
export function checkComplete(array: StoredArray): StoredArray {
  const length = elementCount(array.shape) * bytesPerElement[array.dtype];
  checkRange(array.bytes.name, array.bytes.size, array.offset, length);
  return array;
}

/**
 * The rows of a stored matrix.
 *
 * @param array A stored array of two axes.
 * @param name What messages call it, such as "features in pool.npy"; the array's name otherwise.
 * @param expected The shape that the caller needs, for the message: "[n, d]" for features.
 * @throws {InputError} The array does not have two axes, or it has no rows or no columns.
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
      // Read again as float64, to tell an infinity from a number too large for float32.
      const row = start + Math.floor(bad / columns);
      const column = bad % columns;
      const element = array.fortranOrder ? column * rows + row : row * columns + column;
      const stored = new Float64Array(1);
      await readRun(array, element, stored);
      throw nonFinite(source, start, bad, stored[0]!);
    },
  };
  return source;
}

/**
 * Reads an array of one axis, or of shape `[n, 1]`.
 *
 * @param array The stored array; it may be empty.
 * @param name What messages call it.
 * @throws {InputError} It has another shape.
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

/** Reads elements in the order in which they are stored. */
async function readRun(
  array: StoredArray,
  first: number,
  target: Float32Array | Float64Array,
): Promise<void> {
  const { bytes, dtype, littleEndian } = array;
  const size = bytesPerElement[dtype];
  const offset = array.offset + first * size;
  if (dtype === "f32" && littleEndian && target instanceof Float32Array) {
    // The stored bytes are the numbers (every platform with WebGPU is little-endian): no copy.
    await bytes.read(offset, new Uint8Array(target.buffer, target.byteOffset, target.byteLength));
    return;
  }
  const perChunk = chunkBytes / size;
  const chunk = new Uint8Array(Math.min(perChunk, target.length) * size);
  for (let done = 0; done < target.length; done += perChunk) {
    const part = chunk.subarray(0, Math.min(perChunk, target.length - done) * size);
    await bytes.read(offset + done * size, part);
    decode(dtype, littleEndian, part, target, done);
  }
}

/**
 * Reads rows of a matrix in Fortran order: the wanted stretch of each column lies in one piece, and
 * is scattered into `target`. Memory stays bounded by one chunk. When whole columns are wanted,
 * which follow each other in the file, one read takes as many of them as a chunk holds.
 */
async function readStripes(array: StoredArray, start: number, target: Float32Array): Promise<void> {
  const { bytes, dtype, littleEndian } = array;
  const [rows, columns] = array.shape as [number, number];
  const size = bytesPerElement[dtype];
  const count = target.length / columns;
  const perChunk = chunkBytes / size;
  if (count === rows && rows <= perChunk) {
    const columnsAtOnce = Math.floor(perChunk / rows);
    for (let column = 0; column < columns; column += columnsAtOnce) {
      const wide = Math.min(columnsAtOnce, columns - column);
      const chunk = await readBytes(bytes, array.offset + column * rows * size, wide * rows * size);
      for (let k = 0; k < wide; k++) {
        // A copy, because `decode` needs aligned bytes and a column may begin anywhere.
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
