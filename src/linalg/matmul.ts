/**
 * Matrix products: one call, and a ladder of kernels behind it.
 *
 * | rung            | when                                        | kernel          |
 * | --------------- | ------------------------------------------- | --------------- |
 * | mat-vec, skinny | at most 4 columns, B given transposed       | `skinny-matmul` |
 * | split-K         | few tiles of C and a long sum               | `matmul` slices |
 * | tall            | at most 32 columns                          | `matmul` 128x16 |
 * | square          | everything else                             | `matmul` 64x64  |
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import type { Tensor } from "../device/tensor.ts";
import { matmul as matmulKernel } from "../kernels/matmul.ts";
import { skinnyMatmul } from "../kernels/skinny-matmul.ts";
import { sumSlices } from "../kernels/sum-slices.ts";

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
/** Products with at most this many columns take the tall tile, split or not. */
const TALL_COLUMNS = 32;
/** Sums shorter than this are not worth splitting. */
const LONG_SUM = 1024;

/** Which rung of the ladder a product takes. */
export type Rung = "skinny" | "split" | "tall" | "square";

/** Chooses the rung for a product. */
export function rungOf(product: Product): Rung {
  const { m, n, k, a, b, c, alpha = 1, beta = 0, lower = false } = product;
  const dense = (a.ld ?? k) === k && (b.ld ?? k) === k && (c.ld ?? n) === n && !c.offset;
  const aligned = k > 0 && k % 8 === 0 && (a.offset ?? 0) % 8 === 0 && (b.offset ?? 0) % 8 === 0;
  const plain = alpha === 1 && beta === 0 && !a.transposed && !!b.transposed;
  if (n <= 4 && dense && aligned && plain) return "skinny";
  if (!lower && k >= LONG_SUM && Math.ceil(m / 64) * Math.ceil(n / 64) < FEW_TILES) return "split";
  return n <= TALL_COLUMNS ? "tall" : "square";
}

/** Records a matrix product on the device. */
export function matmul(device: Device, product: Product): void {
  const { m, n, k, a, b, c, alpha = 1, beta = 0, lower = false } = product;
  if (m === 0 || n === 0) return;
  const rung = rungOf(product);
  const half = a.tensor.dtype === "f16" ? 1 : 0;
  if (rung === "skinny") {
    // 8 lanes read 128 bytes of a row at a time; one sample never waits for more than its own row.
    device.run(
      skinnyMatmul,
      { x: a.tensor, b: b.tensor, y: c.tensor },
      { rows: m, k, xOffset: a.offset ?? 0, bOffset: b.offset ?? 0 },
      { columns: n, half, lanes: k >= 64 ? 8 : 2 },
    );
    return;
  }
  const constants = {
    ...(rung !== "square" && n <= TALL_COLUMNS ? { TX: 4, TY: 32, BK: 16 } : {}),
    transA: a.transposed ? 1 : 0,
    transB: b.transposed ? 1 : 0,
    halfA: half,
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
