/**
 * Fisher factors on the host, as float64 numbers.
 *
 * @module
 */

import type { FisherFactors } from "../fisher/factors.ts";
import { gatherNumbers } from "../../../pool/gather-numbers.ts";

/** The factors of `V = x (x) A` of some samples. */
export interface HostFactors {
  /** The number of samples. */
  readonly count: number;
  /** The number of features, padded. */
  readonly columns: number;
  /** K', the number of rows of each A. */
  readonly classes: number;
  /** r, the number of columns of each A. */
  readonly rank: number;
  /** The features, `[count, columns]`. */
  readonly x: Float64Array;
  /** The matrices A, `[count, K', r]`. */
  readonly a: Float64Array;
}

/** Reads the factors of all samples from the device; A is multiplied by `scale`. */
export async function readFactors(factors: FisherFactors, scale: number): Promise<HostFactors> {
  const { pool, classes, rank, segments } = factors;
  const { device, rows: count, stride: columns } = pool;
  using order = device.tensor(
    "all",
    [count],
    "u32",
    Uint32Array.from({ length: count }, (_, i) => i),
  );
  using numbers = device.tensor("features", [count, columns]);
  gatherNumbers(device, pool.blocks, order, numbers, { count, width: columns });
  const [x, ...parts] = await device.readAll([
    { tensor: numbers },
    ...segments.flatMap(({ probabilities, columns, weights }) =>
      [probabilities, columns, weights].map((tensor) => ({ tensor }))
    ),
  ]);
  const a = new Float64Array(count * classes * rank);
  segments.forEach(({ base, rows }, place) => {
    const [p, c, w] = parts.slice(3 * place, 3 * place + 3);
    for (let i = 0; i < rows; i++) {
      for (let k = 0; k < classes; k++) {
        for (let j = 0; j < rank; j++) {
          const indicator = c![i * rank + j] === k ? 1 : 0;
          a[((base + i) * classes + k) * rank + j] = scale * w![i * rank + j]! *
            (indicator - p![i * classes + k]!);
        }
      }
    }
  });
  return { count, columns, classes, rank, x: Float64Array.from(x!), a };
}

/** Concatenates the samples of two sets of factors. */
export function stacked(first: HostFactors | undefined, second: HostFactors): HostFactors {
  if (!first) return second;
  const both = (of: (factors: HostFactors) => Float64Array) => {
    const values = new Float64Array(of(first).length + of(second).length);
    values.set(of(first));
    values.set(of(second), of(first).length);
    return values;
  };
  return {
    ...second,
    count: first.count + second.count,
    x: both(({ x }) => x),
    a: both(({ a }) => a),
  };
}
