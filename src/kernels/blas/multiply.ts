/**
 * Matrix products on a BLAS, for factors of any number type: what is not float64 is converted, a
 * block at a time.
 *
 * @module
 */

import type { Numbers } from "../../device/kernel.ts";
import { halfTable } from "../../half-floats.ts";
import type { Gemm, GemmShape } from "./gemm.ts";

/** The number of elements that are converted at a time: 1.5 MB, which stays in the cache. */
const BLOCK = 196_608;

/** Up to so many columns, a product is computed column by column: the routine for it is faster. */
const FEW_COLUMNS = 4;

/** The least number of multiplications that are worth a call. */
export const WORTHWHILE = 512;

/** A matrix in an array. */
export interface Factor {
  /** The array. */
  readonly values: Numbers;
  /** The index of the first element. */
  readonly offset: number;
  /** The number of elements from one stored row to the next. */
  readonly ld: number;
  /** Whether the stored matrix is the transpose. */
  readonly transposed: boolean;
}

/** A product `C = alpha A B + beta C`. */
export interface Multiplication {
  /** The number of rows of A and C. */
  readonly m: number;
  /** The number of columns of B and C. */
  readonly n: number;
  /** The number of columns of A and rows of B. */
  readonly k: number;
  /** The left factor, `[m, k]`. */
  readonly a: Factor;
  /** The right factor, `[k, n]`. */
  readonly b: Factor;
  /** The result in float64, from its first element on. */
  readonly c: Float64Array;
  /** The number of elements from one row of C to the next. */
  readonly ldc: number;
  /** The factor of the product. */
  readonly alpha: number;
  /** The factor of the previous C. */
  readonly beta: number;
}

/** Whether products of this size, into this array, are to be computed by a BLAS. */
export function suitsBlas(c: Numbers, m: number, n: number, k: number): c is Float64Array {
  return c instanceof Float64Array && m * n * k >= WORTHWHILE;
}

/** Computes a product. */
export function multiply(gemm: Gemm, { m, n, k, a, b, c, ldc, alpha, beta }: Multiplication): void {
  const [wholeA, wholeB] = [a, b].map(({ values }) => values instanceof Float64Array);
  // Stored rows of a factor that is converted are its rows, or, if transposed, its columns.
  const few = n <= FEW_COLUMNS;
  const rowsA = (few || !wholeA) && !a.transposed ? rowsAtOnce(k) : m;
  const rowsB = !wholeB && b.transposed ? rowsAtOnce(k) : n;
  const depth = Math.min(
    !wholeA && a.transposed ? rowsAtOnce(m) : k,
    !wholeB && !b.transposed ? rowsAtOnce(n) : k,
  );
  for (let j = 0; j < n; j += rowsB) {
    const width = Math.min(rowsB, n - j);
    for (let e = 0; e === 0 || e < k; e += depth) {
      const sum = Math.min(depth, k - e);
      const right = blockOf(gemm, 0, b, b.transposed ? [j, width, e, sum] : [e, sum, j, width]);
      for (let i = 0; i < m; i += rowsA) {
        const rows = Math.min(rowsA, m - i);
        const left = blockOf(gemm, 1, a, a.transposed ? [e, sum, i, rows] : [i, rows, e, sum]);
        const shape = {
          ...{ m: rows, n: width, k: sum, alpha, beta: e === 0 ? beta : 1 },
          ...{ transA: a.transposed, transB: b.transposed, lda: left.ld, ldb: right.ld, ldc },
        };
        const result = c.subarray(i * ldc + j);
        if (!few) gemm.run(shape, left.values, right.values, result);
        else columnByColumn(gemm, shape, left.values, right.values, result);
      }
    }
  }
}

/** Computes a product with few columns; the rows of A stay in the cache from one to the next. */
function columnByColumn(
  gemm: Gemm,
  shape: GemmShape,
  a: Float64Array,
  b: Float64Array,
  c: Float64Array,
): void {
  const { n, transB, ldb } = shape;
  for (let j = 0; j < n; j++) {
    const x = b.subarray(transB ? j * ldb : j);
    gemm.vector({ ...shape, ldb: transB ? 1 : ldb }, a, x, c.subarray(j));
  }
}

/** The number of stored rows of a length that are converted at a time. */
function rowsAtOnce(length: number): number {
  return Math.max(1, Math.floor(BLOCK / Math.max(1, length)));
}

type Range = readonly [row: number, rows: number, column: number, columns: number];

/** A part of a stored matrix in float64: itself, or a copy. */
function blockOf(
  gemm: Gemm,
  slot: number,
  { values, offset, ld }: Factor,
  [row, rows, column, columns]: Range,
): { values: Float64Array; ld: number } {
  const first = offset + row * ld + column;
  if (values instanceof Float64Array) {
    return { values: values.subarray(first), ld: Math.max(1, ld) };
  }
  return { values: inDoubles(gemm, slot, values, first, rows, columns, ld), ld: columns || 1 };
}

/**
 * Copies rows of a stored matrix to float64, without gaps between them.
 *
 * @param gemm the routine, whose scratch memory is used
 * @param slot the number of the scratch memory
 * @param values the array
 * @param first the index of the first element
 * @param rows the number of rows
 * @param columns the number of elements of a row that are copied
 * @param ld the number of elements from one row to the next
 */
export function inDoubles(
  gemm: Gemm,
  slot: number,
  values: Numbers,
  first: number,
  rows: number,
  columns: number,
  ld: number,
): Float64Array {
  const target = gemm.scratch(slot, rows * columns);
  const source = values as Float32Array;
  const copy = source.BYTES_PER_ELEMENT === 2 ? copyHalves : copyNumbers;
  if (ld === columns) copy(source.subarray(first, first + rows * columns), target, 0);
  else {
    for (let i = 0; i < rows; i++) {
      const at = first + i * ld;
      copy(source.subarray(at, at + columns), target, i * columns);
    }
  }
  return target;
}

function copyNumbers(source: Float32Array, target: Float64Array, at: number): void {
  target.set(source, at);
}

/** Half floats by a table: 1.5 ns a number, and 2.4 by the `set` of V8 (Deno 2.9). */
function copyHalves(source: Float32Array, target: Float64Array, at: number): void {
  const { buffer, byteOffset, length } = source;
  const bits = new Uint16Array(buffer, byteOffset, length);
  const table = halfTable();
  for (let e = 0; e < length; e++) target[at + e] = table[bits[e]!]!;
}
