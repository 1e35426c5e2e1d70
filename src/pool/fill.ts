/**
 * Uploads of rows from a source to a tensor, in chunks.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import type { Tensor } from "../device/tensor.ts";
import { InputError } from "../errors.ts";
import type { RowSource } from "../io/rows.ts";
import { ColumnMoments } from "./moments.ts";

/** The largest size of a chunk, in bytes. */
const CHUNK_BYTES = 4 * 2 ** 20;

/** The largest finite half float. */
const LARGEST_HALF = 65504;

/** A callback that receives whole rows before their upload, and may change them in place. */
export type Visit = (values: Float32Array) => void;

/** Reads all rows of a source and returns the moments of its columns. */
export async function momentsOf(source: RowSource): Promise<ColumnMoments> {
  const { rows, columns } = source;
  const moments = new ColumnMoments(columns);
  await forChunks(source, 0, rows, chunkRows(columns), (values) => moments.add(values));
  return moments;
}

/**
 * Fills a tensor with rows of a source, padded with zeros.
 *
 * @param device the device of the tensor
 * @param source the rows
 * @param features the tensor to fill, `[rows, stride]`, `f32` or `f16`
 * @param base the index in the source of the tensor's first row
 * @param visit receives every row once, in order, before its upload
 * @throws {InputError} if a value is NaN or infinite, or too large for `f16`
 */
export async function fillRows(
  device: Device,
  source: RowSource,
  features: Tensor,
  base: number,
  visit: Visit = () => {},
): Promise<void> {
  const { columns } = source;
  const [rows, stride] = features.shape as [number, number];
  const { memory } = features;
  if (memory instanceof Float32Array && columns === stride) {
    await source.read(base, memory);
    visit(memory);
    return;
  }
  const length = Math.min(chunkRows(stride), rows);
  const staged = columns === stride ? undefined : new Float32Array(length * stride);
  await forChunks(source, base, rows, length, (values, row) => {
    visit(values);
    if (features.dtype === "f16") checkHalf(values, source, base + row);
    const chunk = staged ? pad(values, columns, staged, stride) : values;
    device.write(features, chunk, row * stride);
  });
}

/**
 * Reads rows in chunks; the callback also receives the index of a chunk's first row from `base`.
 */
async function forChunks(
  source: RowSource,
  base: number,
  rows: number,
  length: number,
  visit: (values: Float32Array, row: number) => void,
): Promise<void> {
  const { columns } = source;
  const dense = new Float32Array(Math.min(length, rows) * columns);
  for (let row = 0; row < rows; row += length) {
    const values = dense.subarray(0, Math.min(length, rows - row) * columns);
    await source.read(base + row, values);
    visit(values, row);
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

function checkHalf(values: Float32Array, source: RowSource, base: number): void {
  const at = values.findIndex((value) => Math.abs(value) > LARGEST_HALF);
  if (at < 0) return;
  throw new InputError(
    `Cannot store ${source.name} as f16: ${values[at]} at row ` +
      `${base + Math.floor(at / source.columns)}, column ${at % source.columns} is above ` +
      `${LARGEST_HALF}`,
  );
}
