/**
 * The kernels of BAIT with class blocks that pass over the pool, where a pick touches the same
 * consecutive samples in every class, as it does if samples have all classes: then one matrix
 * product serves all classes, and the pool is read once instead of once for each class.
 *
 * @module
 */

import type { Numbers } from "../../device/kernel.ts";
import { TOUCH } from "../classes/touched.ts";
import type { Gemm } from "./gemm.ts";
import { multiply } from "./multiply.ts";

/** The number of products of a sample and a class that are in memory at a time. */
const PRODUCTS = 2 ** 20;

type Tensors = Readonly<Record<string, Numbers>>;
type Named = Readonly<Record<string, number>>;

/** Rows of a block, and the place of the first of them in the list of every class. */
interface Range {
  readonly row: number;
  readonly place: number;
  readonly rows: number;
}

/** `spread-classes`; the whole sum of the block is in its first slice. */
export function spreadAllClasses(gemm: Gemm, t: Tensors, p: Named): boolean {
  const { touched, scales, x, v, y, parts } = t as Record<string, Float64Array>;
  const range = rangeOf(t, p);
  if (!range || !isDoubles(t, ["scales", "v", "y", "parts"])) return false;
  const [top, d, most, slices] = [p["top"]!, p["d"]!, p["most"]!, p["slices"]!];
  const own = Math.ceil(most / p["sliceRows"]!);
  for (let j = 0; j < top; j++) {
    const at = (j * slices + p["firstSlice"]!) * d;
    parts!.fill(0, at, at + own * d);
  }
  eachPiece(gemm, x!, v!, top, d, range, (products, { row, place, rows }) => {
    for (let j = 0; j < top; j++) {
      const start = touched![TOUCH * j + 2]! + place;
      for (let i = 0; i < rows; i++) {
        const scale = scales![start + i]!;
        const value = scale * products[i * top + j]!;
        y![j * most + place + i] = value;
        products[i * top + j] = scale * value;
      }
    }
    multiply(gemm, {
      ...{ m: top, n: d, k: rows, alpha: 1, beta: 1 },
      a: { values: products, offset: 0, ld: top, transposed: true },
      b: { values: x!, offset: row * d, ld: d, transposed: false },
      c: parts!.subarray(p["firstSlice"]! * d),
      ldc: slices * d,
    });
  });
  return true;
}

/** `update-classes`. */
export function updateAllClasses(gemm: Gemm, t: Tensors, p: Named): boolean {
  const { touched, scales, x, z, y, state, forms } = t as Record<string, Float64Array>;
  const range = rangeOf(t, p);
  if (!range || !isDoubles(t, ["scales", "z", "y", "forms"])) return false;
  const [top, d, most] = [p["top"]!, p["d"]!, p["most"]!];
  eachPiece(gemm, x!, z!, top, d, range, (products, { place, rows }) => {
    for (let j = 0; j < top; j++) {
      const start = touched![TOUCH * j + 2]! + place;
      const factor = state![2 * j + 1]!;
      for (let i = 0; i < rows; i++) {
        const entry = start + i;
        const a = factor * y![j * most + place + i]!;
        forms![2 * entry]! -= a * a;
        forms![2 * entry + 1]! -= 2 * a * scales![entry]! * products[i * top + j]!;
      }
    }
  });
  return true;
}

/** The rows of the block that the pick touches, if all its classes have the same samples. */
function rangeOf({ touched, samples }: Tensors, p: Named): Range | undefined {
  const [first, count] = [touched![2]!, touched![3]! - touched![2]!];
  const sample = samples![first]!;
  if (p["top"]! < 2) return undefined;
  for (let j = 0; j < p["top"]!; j++) {
    const [start, end] = [touched![TOUCH * j + 2]!, touched![TOUCH * j + 3]!];
    // They ascend, so that they are consecutive if the last one is.
    const same = end - start === count && samples![start] === sample &&
      samples![end - 1] === sample + count - 1;
    if (!same) return undefined;
  }
  const from = Math.max(sample, p["base"]!);
  const to = Math.max(from, Math.min(sample + count, p["base"]! + p["rows"]!));
  return { row: from - p["base"]!, place: from - sample, rows: to - from };
}

/** Calls a function with `X V^T`, `[rows, top]`, of some rows at a time. */
function eachPiece(
  gemm: Gemm,
  x: Numbers,
  v: Numbers,
  top: number,
  d: number,
  { row, place, rows }: Range,
  use: (products: Float64Array, range: Range) => void,
): void {
  const most = Math.max(1, Math.floor(PRODUCTS / top));
  for (let done = 0; done < rows; done += most) {
    const count = Math.min(most, rows - done);
    const products = gemm.scratch(3, count * top);
    multiply(gemm, {
      ...{ m: count, n: top, k: d, alpha: 1, beta: 0 },
      a: { values: x, offset: (row + done) * d, ld: d, transposed: false },
      b: { values: v, offset: 0, ld: d, transposed: true },
      c: products,
      ldc: top,
    });
    use(products, { row: row + done, place: place + done, rows: count });
  }
}

function isDoubles(tensors: Tensors, names: readonly string[]): boolean {
  return names.every((name) => tensors[name] instanceof Float64Array);
}
