/**
 * Matrix products. One of several kernels is chosen by the shapes and the memory layout:
 *
 * | rung            | when                                              | kernel              |
 * | --------------- | ------------------------------------------------- | ------------------- |
 * | mat-vec, skinny | at most 32 columns, B given transposed            | `skinny-matmul`     |
 * | across          | at most 32 columns, A given transposed, long sum  | `skinny-transposed` |
 * | split-K         | few tiles of C and a long sum                     | `matmul` slices     |
 * | tall            | at most 32 columns                                | `matmul` 128x16     |
 * | square          | everything else                                   | `matmul` 64x64      |
 *
 * The first two read 16 bytes at a time, and so require aligned operands.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import type { Tensor } from "../device/tensor.ts";
import { tiledMatmul as matmulKernel } from "../kernels/linalg/matmul.ts";
import { SKINNY_COLUMNS, skinnyMatmul } from "../kernels/linalg/skinny-matmul.ts";
import { skinnyTransposed } from "../kernels/linalg/skinny-transposed.ts";
import { sumSlices } from "../kernels/linalg/sum-slices.ts";

/** A matrix in a tensor, an operand of a matrix product. */
export interface Operand {
  /** The tensor. The left factor of a product may be `f16`; all others have 32-bit floats. */
  readonly tensor: Tensor;
  /** The index in the tensor of the matrix's first element. Default 0. */
  readonly offset?: number;
  /**
   * The leading dimension: the number of elements from one stored row to the next. Default: the
   * length of a stored row.
   */
  readonly ld?: number;
  /** Whether the stored matrix is the transpose of the operand. Default false. */
  readonly transposed?: boolean;
}

/** A matrix product `C = alpha A B + beta C`, where A is `[m, k]`, B is `[k, n]`, C is `[m, n]`. */
export interface Product {
  /** The number of rows of A and C. */
  readonly m: number;
  /** The number of columns of B and C. */
  readonly n: number;
  /** The number of columns of A and rows of B. */
  readonly k: number;
  /** The left factor A. */
  readonly a: Operand;
  /** The right factor B. */
  readonly b: Operand;
  /** The result C; its tensor must not be that of A or B. */
  readonly c: Operand;
  /** The factor of the product. Default 1. */
  readonly alpha?: number;
  /** The factor of the previous C. Default 0; then C is not read. */
  readonly beta?: number;
  /** Whether to compute only the lower triangle of C; the rest is then undefined. Default false. */
  readonly lower?: boolean;
}

/** Long sums are split into slices if C has fewer tiles, which do not occupy a GPU. */
const FEW_TILES = 32;

/** The largest number of columns of products that are skinny or use the tall tile. */
const TALL_COLUMNS = 32;

/** The least length of sums that are split into slices. */
const LONG_SUM = 1024;

/** The least number of rows for the rung `across`. */
const MANY_ROWS = 256;

/** The number of threads of the rung `across`. */
const ACROSS_THREADS = 16384;

/** The least number of rows that one thread of the rung `across` sums. */
const ACROSS_ROWS = 64;

/** The kernel of a product; see the table in the module's description. */
export type Rung = "skinny" | "across" | "split" | "tall" | "square";

/** Chooses the kernel for a product. */
export function rungOf(product: Product): Rung {
  const { m, n, k, lower = false } = product;
  const few = n <= TALL_COLUMNS;
  if (few && readsAlong(product)) return "skinny";
  if (few && k >= MANY_ROWS && readsAcross(product)) return "across";
  if (!lower && k >= LONG_SUM && Math.ceil(m / 64) * Math.ceil(n / 64) < FEW_TILES) return "split";
  return few ? "tall" : "square";
}

/** Whether the stored rows of A and B can be read 16 bytes at a time, and C is only written. */
function readsAlong({ k, a, b, alpha = 1, beta = 0, lower = false }: Product): boolean {
  const dense = k > 0 && k % 8 === 0 && (a.ld ?? k) === k && (b.ld ?? k) === k;
  const plain = alpha === 1 && beta === 0 && !lower;
  return plain && dense && aligned(a) && aligned(b) && !a.transposed && !!b.transposed;
}

/** Whether the stored rows of A and B, with A transposed, can be read 16 bytes at a time. */
function readsAcross({ m, n, a, b, lower = false }: Product): boolean {
  const dense = m % 8 === 0 && (a.ld ?? m) === m;
  // The 16 bytes around the last number of B must exist, too.
  const whole = (b.ld ?? n) % 4 === 0 && b.tensor.size % 4 === 0;
  return dense && whole && aligned(a) && aligned(b) && !!a.transposed && !b.transposed && !lower;
}

function aligned({ offset = 0 }: Operand): boolean {
  return offset % 8 === 0;
}

/**
 * Records a matrix product on the device.
 *
 * @example
 * ```ts
 * import { openDevice } from "@creel/creel";
 * import { matmul } from "@creel/creel/kernels";
 * import assert from "node:assert/strict";
 *
 * using device = await openDevice({ device: "cpu" });
 * using a = device.tensor("A", [2, 2], "real", [1, 2, 3, 4]);
 * using b = device.tensor("B", [2, 1], "real", [10, 1]);
 * using c = device.tensor("C", [2, 1]);
 * matmul(device, { m: 2, n: 1, k: 2, a: { tensor: a }, b: { tensor: b }, c: { tensor: c } });
 * assert.deepEqual([...await device.read(c)], [12, 34]);
 * ```
 *
 * @param device the device of all tensors
 * @param product the shapes and the operands
 */
export function matmul(device: Device, product: Product): void {
  if (product.m === 0 || product.n === 0) return;
  // A BLAS has one product for all shapes.
  const rung = device.blas ? "square" : rungOf(product);
  if (rung === "skinny") skinny(device, product);
  else if (rung === "across") across(device, product);
  else tiled(device, product, rung);
}

/** `X B^T`, sixteen columns per dispatch. */
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

/** `X^T B`, sixteen columns per dispatch, in slices of X's rows, which are then summed. */
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
