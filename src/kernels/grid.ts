/**
 * The grids of kernels whose threads share out a long list among them, and the sizes of their
 * workgroups, which the shaders are filled with.
 *
 * @module
 */

import { type Grid, linearGrid } from "../device/kernel.ts";

/** The threads of a workgroup in which each thread takes a row. */
export const ROW_THREADS = 64;

/** The threads of a workgroup in which each takes an element, or a few of them share a row. */
export const THREADS = 256;

/** The threads along either side of a workgroup in which they share out a matrix. */
export const TILE = 16;

/** A thread for each row, in workgroups of {@linkcode ROW_THREADS}. */
export function rowGrid(rows: number): Grid {
  return linearGrid(Math.ceil(rows / ROW_THREADS));
}

/** A thread for each element, in workgroups of {@linkcode THREADS}. */
export function elementGrid(elements: number): Grid {
  return linearGrid(Math.ceil(elements / THREADS));
}

/** A thread for each entry of a square matrix, in workgroups of {@linkcode TILE} x TILE. */
export function tileGrid(size: number): Grid {
  return [Math.ceil(size / TILE), Math.ceil(size / TILE)];
}
