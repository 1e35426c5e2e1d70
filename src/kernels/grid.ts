/**
 * The grids of kernels with one thread per row, element or matrix entry, and the sizes of their
 * workgroups, which `deno task shaders` writes into the shaders.
 *
 * @module
 */

import { type Grid, linearGrid } from "../device/kernel.ts";

/** The workgroup size of kernels with one thread per row. */
export const ROW_THREADS = 64;

/** The workgroup size of kernels with one thread per element, or several threads per row. */
export const THREADS = 256;

/** The number of threads along each side of the workgroups of matrix kernels. */
export const TILE = 16;

/** Returns the grid for one thread per row, in workgroups of {@linkcode ROW_THREADS}. */
export function rowGrid(rows: number): Grid {
  return linearGrid(Math.ceil(rows / ROW_THREADS));
}

/** Returns the grid for one thread per element, in workgroups of {@linkcode THREADS}. */
export function elementGrid(elements: number): Grid {
  return linearGrid(Math.ceil(elements / THREADS));
}

/** Returns the grid for one thread per entry of a square matrix, in workgroups of TILE x TILE. */
export function tileGrid(size: number): Grid {
  return [Math.ceil(size / TILE), Math.ceil(size / TILE)];
}
