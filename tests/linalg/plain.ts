/** Dense linear algebra as textbooks write it, in float64: what the device's is compared with. */

import type { Random } from "../fixture.ts";

/** `A B`, `[m, k]` times `[k, n]`. */
export function product(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  m: number,
  n: number,
  k: number,
): Float64Array {
  const c = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let e = 0; e < k; e++) sum += a[i * k + e]! * b[e * n + j]!;
      c[i * n + j] = sum;
    }
  }
  return c;
}

/** The transpose of a matrix `[rows, columns]`. */
export function transpose(a: ArrayLike<number>, rows: number, columns: number): Float64Array {
  return Float64Array.from(
    { length: rows * columns },
    (_, e) => a[(e % rows) * columns + Math.floor(e / rows)]!,
  );
}

/** A well-conditioned symmetric positive definite matrix: `B B^T / D + ridge I`, in float32. */
export function positiveDefinite(random: Random, D: number, ridge = 0.5): Float32Array {
  const b = random.normals(D * D);
  const square = product(b, transpose(b, D, D), D, D, D);
  return Float32Array.from(square, (v, e) => v / D + (e % (D + 1) === 0 ? ridge : 0));
}

/** The inverse of a matrix `[D, D]` by Gauss-Jordan elimination with pivoting. */
export function inverse(matrix: ArrayLike<number>, D: number): Float64Array {
  const a = Array.from({ length: D }, (_, i) => [
    ...Array.from({ length: D }, (_, j) => matrix[i * D + j]!),
    ...Array.from({ length: D }, (_, j) => i === j ? 1 : 0),
  ]);
  for (let p = 0; p < D; p++) {
    let best = p;
    for (let i = p + 1; i < D; i++) if (Math.abs(a[i]![p]!) > Math.abs(a[best]![p]!)) best = i;
    [a[p], a[best]] = [a[best]!, a[p]!];
    const pivot = a[p]![p]!;
    a[p] = a[p]!.map((value) => value / pivot);
    for (let i = 0; i < D; i++) {
      const factor = a[i]![p]!;
      if (i !== p && factor !== 0) a[i] = a[i]!.map((value, j) => value - factor * a[p]![j]!);
    }
  }
  return Float64Array.from(a.flatMap((row) => row.slice(D)));
}

/** The largest entry of `|I - A B|`. */
export function residual(a: ArrayLike<number>, b: ArrayLike<number>, D: number): number {
  return product(a, b, D, D, D).reduce(
    (most, value, e) => Math.max(most, Math.abs((e % (D + 1) === 0 ? 1 : 0) - value)),
    0,
  );
}
