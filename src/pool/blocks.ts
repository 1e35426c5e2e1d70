/**
 * Blocks of rows: what one binding may hold of a matrix over a whole pool.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import type { Tensor } from "../device/tensor.ts";
import { InputError } from "../errors.ts";

/** The type of stored features: 32-bit floats or half floats. Sums are computed in f32. */
export type FeatureStorage = "f32" | "f16";

/** A block of consecutive rows of a pool, in one tensor. */
export interface Block {
  /** The features, `[rows, stride]`. */
  readonly features: Tensor;
  /** The index in the pool of the block's first row. */
  readonly base: number;
  /** The number of rows. */
  readonly rows: number;
}

/**
 * Blocks and segments have a multiple of this many rows, except at the end of the pool or block.
 */
export const ROW_UNIT = 256;

/** Returns the number of columns padded to a multiple of 8, and the size of such a row in bytes. */
export function rowSize(columns: number, storage: FeatureStorage) {
  const stride = Math.ceil(columns / 8) * 8;
  return { stride, rowBytes: stride * (storage === "f16" ? 2 : 4) };
}

/**
 * Returns the number of rows of a block.
 *
 * @param device the device
 * @param columns the number of columns
 * @param storage the number type
 * @param bytes the largest size of a block; it has at least 256 rows
 * @throws {InputError} if 256 rows do not fit in a binding
 */
export function blockRows(
  { limits: { bindingBytes } }: Device,
  columns: number,
  storage: FeatureStorage,
  bytes = bindingBytes,
): number {
  const { rowBytes } = rowSize(columns, storage);
  if (ROW_UNIT * rowBytes > bindingBytes) {
    throw new InputError(
      `Cannot hold rows of ${columns} features: ${ROW_UNIT} of them must fit in one binding of ` +
        `${bindingBytes} bytes`,
    );
  }
  return Math.max(1, Math.floor(Math.min(bytes, bindingBytes) / rowBytes / ROW_UNIT)) * ROW_UNIT;
}

/**
 * Divides rows into blocks. If the tensor of one cannot be made, those before it are freed.
 *
 * @param rows the number of rows
 * @param length the number of rows of a block
 * @param tensorOf makes the tensor of a block from its label, its number of rows and its first row
 */
export function divide(
  rows: number,
  length: number,
  tensorOf: (label: string, rows: number, base: number) => Tensor,
): Block[] {
  const blocks: Block[] = [];
  try {
    for (let base = 0; base < rows; base += length) {
      const count = Math.min(length, rows - base);
      const label = `features ${base} to ${base + count - 1}`;
      blocks.push({ features: tensorOf(label, count, base), base, rows: count });
    }
    return blocks;
  } catch (error) {
    freeBlocks(blocks);
    throw error;
  }
}

/** Allocates blocks of zeros for a matrix. */
export function allocateBlocks(
  device: Device,
  rows: number,
  columns: number,
  storage: FeatureStorage,
): Block[] {
  const { stride } = rowSize(columns, storage);
  const length = blockRows(device, columns, storage);
  return divide(rows, length, (label, count) => device.tensor(label, [count, stride], storage));
}

/** Frees blocks. */
export function freeBlocks(blocks: readonly Block[]): void {
  for (const block of blocks) block.features.dispose();
}
