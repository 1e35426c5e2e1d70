/** Fisher factors as the papers write them: `V = x (x) A`, built in float64, sample by sample. */

import type { Fisher } from "../../../../src/select/strategy/bait-report.ts";
import { product, transpose } from "../../../linalg/plain.ts";

/** A matrix with its shape. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

/**
 * A of one sample. Its columns are the classes by falling probability, the lower class first where
 * two are equal; the order of the columns changes no information matrix.
 */
export function literalA(
  fisher: Fisher,
  p: readonly number[],
  topClasses: number,
  scale = 1,
): Matrix {
  const one = (value: number) => ({ rows: 1, columns: 1, values: Float64Array.of(scale * value) });
  if (fisher === "regression") return one(1);
  if (fisher === "binary") {
    const m = Math.max(...p);
    return one(Math.sqrt(m * (1 - m)));
  }
  const K = p.length;
  const rank = fisher === "full" ? K : Math.min(topClasses, K);
  const classes = [...p.keys()].sort((a, b) => p[b]! - p[a]! || a - b).slice(0, rank);
  const total = classes.reduce((sum, k) => sum + p[k]!, 0);
  const values = new Float64Array(K * rank);
  for (const [j, c] of classes.entries()) {
    const weight = scale * Math.sqrt(p[c]! / total);
    for (let k = 0; k < K; k++) values[k * rank + j] = weight * ((k === c ? 1 : 0) - p[k]!);
  }
  return { rows: K, columns: rank, values };
}

/** `x (x) A` `[K' d, r]`: row k d + f holds `x_f A[k, :]`. */
export function literalV(x: ArrayLike<number>, a: Matrix): Matrix {
  const d = x.length;
  const [rows, columns] = [a.rows * d, a.columns];
  const values = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < columns; j++) {
      values[row * columns + j] = x[row % d]! * a.values[Math.floor(row / d) * columns + j]!;
    }
  }
  return { rows, columns, values };
}

/** `sum_i V_i V_i^T`. */
export function literalInformation(factors: readonly Matrix[]): Float64Array {
  const D = factors[0]!.rows;
  const sum = new Float64Array(D * D);
  for (const { columns, values } of factors) {
    const square = product(values, transpose(values, D, columns), D, D, columns);
    square.forEach((value, e) => sum[e]! += value);
  }
  return sum;
}

/** `V^T M V`, its lower triangle packed row by row. */
export function literalForm(
  { rows, columns, values }: Matrix,
  matrix: ArrayLike<number>,
): number[] {
  const right = product(matrix, values, rows, columns, rows);
  const square = product(transpose(values, rows, columns), right, columns, columns, rows);
  const packed: number[] = [];
  for (let j = 0; j < columns; j++) packed.push(...square.slice(j * columns, j * columns + j + 1));
  return packed;
}
