/**
 * Uploads of rows from a source to a tensor, in chunks.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import { InputError } from "../errors.ts";
import type { RowSource } from "../io/rows.ts";
import type { Block } from "./blocks.ts";
import { ColumnMoments } from "./moments.ts";

/** The largest size of a chunk, in bytes. */
const CHUNK_BYTES = 4 * 2 ** 20;

/** The largest finite half float. */
const LARGEST_HALF = 65504;

/** A callback that receives whole rows before their upload, and may change them in place. */
export type Visit = (values: Float32Array) => void;

/** Rows to read: the first one, and where they go. */
type Read = readonly [start: number, target: Float32Array];

/** Reads all rows of a source and returns the moments of its columns. */
export async function momentsOf(source: RowSource): Promise<ColumnMoments> {
  const { rows, columns } = source;
  const moments = new ColumnMoments(columns);
  for (const [start, values] of chunks(source, 0, rows, chunkRows(columns))) {
    await source.read(start, values);
    moments.add(values);
  }
  return moments;
}

/**
 * Fills a tensor with rows of a source, padded with zeros.
 *
 * @param device the device of the tensor
 * @param source the rows
 * @param block the tensor to fill, `f32` or `f16`, of at least `rows` rows; and the index in the
 * source of the first row
 * @param visit receives every row once, in order, before its upload
 * @throws {InputError} if a value is NaN or infinite, or too large for `f16`
 */
export async function fillRows(
  device: Device,
  source: RowSource,
  block: Block,
  visit?: Visit,
): Promise<void> {
  for (const [start, values] of uploads(device, source, block, visit)) {
    await source.read(start, values);
  }
}

/**
 * The reads that fill a tensor, see {@linkcode fillRows}. What was read is uploaded when the next
 * read is asked for.
 */
export function* uploads(
  device: Device,
  source: RowSource,
  { features, base, rows }: Block,
  visit: Visit = () => {},
): Generator<Read> {
  const { columns } = source;
  const stride = features.shape[1]!;
  const { memory, dtype } = features;
  if (memory instanceof Float32Array && columns === stride) {
    const values = memory.subarray(0, rows * columns);
    yield [base, values];
    visit(values);
    return;
  }
  const length = Math.min(chunkRows(stride), rows);
  const staged = columns === stride ? undefined : new Float32Array(length * stride);
  for (const [start, values] of chunks(source, base, rows, length)) {
    yield [start, values];
    visit(values);
    if (dtype === "f16") checkHalf(values, source, start);
    const chunk = staged ? pad(values, columns, staged, stride) : values;
    device.write(features, chunk, (start - base) * stride);
  }
}

/** The chunks of rows, which are all read into the same array. */
function* chunks(
  { columns }: RowSource,
  base: number,
  rows: number,
  length: number,
): Generator<Read> {
  const dense = new Float32Array(Math.min(length, rows) * columns);
  for (let row = 0; row < rows; row += length) {
    yield [base + row, dense.subarray(0, Math.min(length, rows - row) * columns)];
  }
}

function chunkRows(columns: number): number {
  return Math.max(1, Math.floor(CHUNK_BYTES / (4 * columns)));
}

/** Copies rows into `staged` with a stride; the padding in it must be 0 already. */
function pad(
  values: Float32Array,
  columns: number,
  staged: Float32Array,
  stride: number,
): Float32Array {
  const count = values.length / columns;
  for (let i = 0; i < count; i++) {
    staged.set(values.subarray(i * columns, (i + 1) * columns), i * stride);
  }
  return staged.subarray(0, count * stride);
}

function checkHalf(values: Float32Array, { name, columns }: RowSource, start: number): void {
  // A loop: with `findIndex`, which takes 40 ns a value, this was most of the time of a fill.
  for (let at = 0; at < values.length; at++) {
    if (Math.abs(values[at]!) <= LARGEST_HALF) continue;
    throw new InputError(
      `Cannot store ${name} as f16: ${values[at]} at row ${start + Math.floor(at / columns)}, ` +
        `column ${at % columns} is above ${LARGEST_HALF}`,
    );
  }
}
