/**
 * Matrix products: one call, and a ladder of kernels behind it.
 *
 * | rung            | when                                              | kernel              |
 * | --------------- | ------------------------------------------------- | ------------------- |
 * | mat-vec, skinny | at most 32 columns, B given transposed            | `skinny-matmul`     |
 * | across          | at most 32 columns, A given transposed, long sum  | `skinny-transposed` |
 * | split-K         | few tiles of C and a long sum                     | `matmul` slices     |
 * | tall            | at most 32 columns                                | `matmul` 128x16     |
 * | square          | everything else                                   | `matmul` 64x64      |
 *
 * The first two read 16 bytes at a time, and so ask for aligned operands.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import type { Tensor } from "../device/tensor.ts";
import { matmul as matmulKernel } from "../kernels/linalg/matmul.ts";
import { SKINNY_COLUMNS, skinnyMatmul } from "../kernels/linalg/skinny-matmul.ts";
import { skinnyTransposed } from "../kernels/linalg/skinny-transposed.ts";
import { sumSlices } from "../kernels/linalg/sum-slices.ts";

/** A matrix inside a tensor. */
export interface Operand {
  /** Where it lies. A of a product may be `f16`; everything else is 32-bit. */
  readonly tensor: Tensor;
  /** The element at which it starts. Default 0. */
  readonly offset?: number;
  /** Elements from one stored row to the next. Default: the stored row's length, densely packed. */
  readonly ld?: number;
  /** Whether the product takes the transpose of what is stored. */
  readonly transposed?: boolean;
}

/** `C[m, n] = alpha op(A)[m, k] op(B)[k, n] + beta C`. */
export interface Product {
  /** Rows of C. */
  readonly m: number;
  /** Columns of C. */
  readonly n: number;
  /** The length of the sums. */
  readonly k: number;
  /** The left factor. */
  readonly a: Operand;
  /** The right factor. */
  readonly b: Operand;
  /** The result; its tensor must not be A's or B's. */
  readonly c: Operand;
  /** Default 1. */
  readonly alpha?: number;
  /** Default 0, and then C is not read. */
  readonly beta?: number;
  /** Whether only the lower triangle of C is wanted; what is above it is then undefined. */
  readonly lower?: boolean;
}

/** Tiles below which a long sum is split to keep a GPU busy. */
const FEW_TILES = 32;
/** Products with at most this many columns are skinny or take the tall tile, split or not. */
const TALL_COLUMNS = 32;
/** Sums shorter than this are not worth splitting. */
const LONG_SUM = 1024;
/** Sums across at least this many rows are worth their slices. */
const MANY_ROWS = 256;
/** Threads that a sum across rows is spread over, and the fewest rows that one of them sums. */
const ACROSS_THREADS = 16384;
const ACROSS_ROWS = 64;

/** Which rung of the ladder a product takes. */
export type Rung = "skinny" | "across" | "split" | "tall" | "square";

/** Chooses the rung for a product. */
export function rungOf(product: Product): Rung {
  const { m, n, k, lower = false } = product;
  const few = n <= TALL_COLUMNS;
  if (few && readsAlong(product)) return "skinny";
  if (few && k >= MANY_ROWS && readsAcross(product)) return "across";
  if (!lower && k >= LONG_SUM && Math.ceil(m / 64) * Math.ceil(n / 64) < FEW_TILES) return "split";
  return few ? "tall" : "square";
}

/** Whether rows of A and of what is stored of B can be read 16 bytes at a time, and C just written. */
function readsAlong({ k, a, b, alpha = 1, beta = 0, lower = false }: Product): boolean {
  const dense = k > 0 && k % 8 === 0 && (a.ld ?? k) === k && (b.ld ?? k) === k;
  const plain = alpha === 1 && beta === 0 && !lower;
  return plain && dense && aligned(a) && aligned(b) && !a.transposed && !!b.transposed;
}

/** Whether rows of what is stored of A, and of B, can be read 16 bytes at a time. */
function readsAcross({ m, n, a, b, lower = false }: Product): boolean {
  const dense = m % 8 === 0 && (a.ld ?? m) === m;
  // The 16 bytes around the last number of B must exist, too.
  const whole = (b.ld ?? n) % 4 === 0 && b.tensor.size % 4 === 0;
  return dense && whole && aligned(a) && aligned(b) && !!a.transposed && !b.transposed && !lower;
}

function aligned({ offset = 0 }: Operand): boolean {
  return offset % 8 === 0;
}

/** Records a matrix product on the device. */
export function matmul(device: Device, product: Product): void {
  if (product.m === 0 || product.n === 0) return;
  const rung = rungOf(product);
  if (rung === "skinny") skinny(device, product);
  else if (rung === "across") across(device, product);
  else tiled(device, product, rung);
}

/** `X B^T`, sixteen columns a dispatch. */
function skinny(device: Device, { m, n, k, a, b, c }: Product): void {
  for (let first = 0; first < n; first += SKINNY_COLUMNS) {
    device.run(
      skinnyMatmul,
      { x: a.tensor, b: b.tensor, y: c.tensor },
      {
        rows: m,
        k,
        xOffset: a.offset ?? 0,
        bOffset: (b.offset ?? 0) + first * k,
        yOffset: (c.offset ?? 0) + first,
        ldy: c.ld ?? n,
      },
      {
        columns: Math.min(SKINNY_COLUMNS, n - first),
        half: halfOf(a),
        // 8 lanes read 128 bytes of a row at a time; no sample waits for more than its own row.
        lanes: k >= 64 ? 8 : 2,
      },
    );
  }
}

/** `X^T B`, sixteen columns a dispatch, in slices of X's rows, which are then folded. */
function across(device: Device, { m, n, k, a, b, c, alpha = 1, beta = 0 }: Product): void {
  const wanted = Math.ceil(ACROSS_THREADS / (m / 4));
  const slice = Math.max(ACROSS_ROWS, 2 * Math.ceil(k / wanted / 2));
  const slices = Math.ceil(k / slice);
  using s = device.tensor("sums across rows", [slices, m, Math.min(SKINNY_COLUMNS, n)]);
  for (let first = 0; first < n; first += SKINNY_COLUMNS) {
    const columns = Math.min(SKINNY_COLUMNS, n - first);
    device.run(
      skinnyTransposed,
      { x: a.tensor, b: b.tensor, s },
      {
        rows: k,
        k: m,
        ldb: b.ld ?? n,
        xOffset: a.offset ?? 0,
        bOffset: (b.offset ?? 0) + first,
        slice,
        slices,
      },
      { columns, half: halfOf(a) },
    );
    device.run(
      sumSlices,
      { s, c: c.tensor },
      { m, n: columns, slices, ldc: c.ld ?? n, cOffset: (c.offset ?? 0) + first, alpha, beta },
    );
  }
}

/** The general kernel, whole or in slices of the sum. */
function tiled(device: Device, product: Product, rung: "split" | "tall" | "square"): void {
  const { m, n, k, a, b, c, alpha = 1, beta = 0, lower = false } = product;
  const constants = {
    ...(rung !== "square" && n <= TALL_COLUMNS ? { TX: 4, TY: 16, RX: 1 } : {}),
    transA: a.transposed ? 1 : 0,
    transB: b.transposed ? 1 : 0,
    halfA: halfOf(a),
  };
  const shared = {
    m,
    n,
    k,
    lda: a.ld ?? (a.transposed ? m : k),
    ldb: b.ld ?? (b.transposed ? k : n),
    aOffset: a.offset ?? 0,
    bOffset: b.offset ?? 0,
    lower: lower ? 1 : 0,
  };
  const target = { ldc: c.ld ?? n, cOffset: c.offset ?? 0 };
  if (rung !== "split") {
    device.run(
      matmulKernel,
      { a: a.tensor, b: b.tensor, c: c.tensor },
      { ...shared, ...target, kSlice: Math.max(k, 1), sliceStride: 0, alpha, beta },
      constants,
    );
    return;
  }
  const tiles = Math.ceil(m / 64) * Math.ceil(n / 64);
  const slices = Math.min(Math.ceil(k / 256), Math.ceil(2 * FEW_TILES / tiles));
  const kSlice = Math.ceil(k / slices);
  using s = device.tensor("split-K slices", [Math.ceil(k / kSlice), m, n]);
  device.run(
    matmulKernel,
    { a: a.tensor, b: b.tensor, c: s },
    { ...shared, ldc: n, cOffset: 0, kSlice, sliceStride: m * n, alpha: 1, beta: 0 },
    constants,
  );
  device.run(
    sumSlices,
    { s, c: c.tensor },
    { m, n, slices: Math.ceil(k / kSlice), ...target, alpha, beta },
  );
}

function halfOf({ tensor }: Operand): number {
  return tensor.dtype === "f16" ? 1 : 0;
}
