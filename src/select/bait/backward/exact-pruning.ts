/**
 * The backward phase of BAIT in float64 on the host, in the space of the members: the size of the
 * state depends on the number of members and not on D, and no entry is the small difference of
 * large numbers (docs/mathematics.md, "What float32 costs").
 *
 * With U the V of the labeled samples and of the members side by side, each with its weight in M,
 *
 *     M = lambda I + U U^T,   K = lambda I + U^T U,   M^-1 U = U K^-1,
 *     C = I - V^T M^-1 V = lambda (K^-1)_SS,   T = M^-1 V = U (K^-1)_:S,   R = T^T F T
 *
 * for the members S. Removing member s is a congruence of both: with `E = C_:s C_ss^-1` and `P = I
 * - E e_s^T`, C becomes `P C P^T` and R becomes `P R P^T`, and `tr(R_ii C_ii^-1)` is the increase
 * of the objective without member i.
 *
 * @module
 */

import { Recording, type RecordingOptions } from "../../../device/recording.ts";
import type { Tensor } from "../../../device/tensor.ts";
import type { FisherFactors } from "../fisher/factors.ts";
import { matmul } from "../../../linalg/matmul.ts";
import { Yielder } from "../../../device/yielder.ts";
import { type HostFactors, readFactors, stacked } from "./host-factors.ts";
import { choleskyRow, hostCholesky, inverseOfTrailing, leadingRows } from "./host-matrix.ts";

/** The input of a backward phase. */
export interface PruningStart extends RecordingOptions {
  /** The factors of the labeled samples, if there are any. */
  readonly labeled: FisherFactors | undefined;
  /** The factor of the sum of their information in M. */
  readonly labeledScale: number;
  /** The picks of the forward phase, in the order of their indices. */
  readonly members: FisherFactors;
  /** F, `[D, D]`. */
  readonly information: Tensor;
  /** The ridge. */
  readonly lambda: number;
  /** The number of members to drop. */
  readonly drop: number;
}

/** The number of floating-point operations of a backward phase on the host. */
export function pruningOperations(
  { labeled, members, drop }: Pick<PruningStart, "labeled" | "members" | "drop">,
): number {
  const { classes, rank, pool } = members;
  const all = (labeled?.pool.rows ?? 0) + pool.rows;
  const [size, part] = [all * rank, pool.rows * rank];
  return size ** 3 / 3 + part ** 3 + size ** 2 * pool.stride / rank ** 2 +
    2 * part * all * classes * (pool.stride + rank) + 6 * drop * part ** 2 * rank;
}

/**
 * Drops members one after another, each time the member whose removal increases the objective
 * least; ties go to the lowest index.
 *
 * @returns the positions of the dropped samples among the members, in the order of the removals
 */
export async function pruneExactly(start: PruningStart): Promise<number[]> {
  const { labeled, labeledScale, members, lambda, drop, ...options } = start;
  const known = labeled && await readFactors(labeled, Math.sqrt(labeledScale));
  const own = await readFactors(members, 1);
  const all = stacked(known, own);
  const { rank } = own;
  const part = own.count * rank;
  const yielder = new Yielder(start.signal, members.pool.device.signal);
  const [kernel, size] = await kernelOf(all, lambda, yielder);
  for (let row = 0; row < size; row++) {
    choleskyRow(kernel, size, row);
    await yielder.yieldIfDue();
  }
  const inverse = await inverseOfTrailing(kernel, size, part, yielder);
  const leading = await leadingRows(kernel, size, inverse, part, yielder);
  const columns = new Float64Array(size * part);
  columns.set(leading);
  columns.set(inverse, leading.length);
  const T = await combine(all, columns, part, yielder);
  const R = await measured(start, T, part);
  const C = inverse.map((value) => lambda * value);
  const space = new MemberSpace(C, R, own.count, rank);
  const dropped: number[] = [];
  const recording = new Recording(members.pool.device, "backward", drop, options);
  while (dropped.length < drop) {
    dropped.push(space.dropLeast());
    await yielder.yieldIfDue();
    await recording.step();
  }
  recording.end();
  return dropped;
}

/**
 * Computes `lambda I + U^T U`, of which the lower triangle is filled, and its order. The entries of
 * two samples are `(x_a . x_b) (A_a^T A_b)`.
 */
async function kernelOf(
  { x, a, count, columns, classes, rank }: HostFactors,
  lambda: number,
  yielder: Yielder,
): Promise<[Float64Array, number]> {
  const size = count * rank;
  const kernel = new Float64Array(size * size);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++) {
      let dot = 0;
      for (let f = 0; f < columns; f++) dot += x[i * columns + f]! * x[j * columns + f]!;
      for (let u = 0; u < rank; u++) {
        for (let v = 0; v < rank; v++) {
          let sum = 0;
          for (let k = 0; k < classes; k++) {
            sum += a[(i * classes + k) * rank + u]! * a[(j * classes + k) * rank + v]!;
          }
          kernel[(i * rank + u) * size + j * rank + v] = dot * sum;
        }
      }
    }
    await yielder.yieldIfDue();
  }
  for (let e = 0; e < size; e++) kernel[e * size + e]! += lambda;
  return [kernel, size];
}

/** `U columns` for columns `[size, part]`, transposed: `[part, D]`. */
async function combine(
  { x, a, count, columns: d, classes, rank }: HostFactors,
  columns: Float64Array,
  part: number,
  yielder: Yielder,
): Promise<Float64Array> {
  const D = classes * d;
  const T = new Float64Array(part * D);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < classes; k++) {
      for (let c = 0; c < part; c++) {
        let weight = 0;
        for (let u = 0; u < rank; u++) {
          weight += a[(i * classes + k) * rank + u]! * columns[(i * rank + u) * part + c]!;
        }
        if (weight === 0) continue;
        const at = c * D + k * d;
        for (let f = 0; f < d; f++) T[at + f]! += weight * x[i * d + f]!;
      }
      await yielder.yieldIfDue();
    }
  }
  return T;
}

/** Computes `R = T^T F T`, `[part, part]`, by two products on the device that holds F. */
async function measured(
  { members: { pool: { device } }, information }: PruningStart,
  rows: Float64Array,
  part: number,
): Promise<Float64Array> {
  const D = rows.length / part;
  using T = device.tensor("T", [part, D], "real", rows);
  using product = device.tensor("F T", [part, D]);
  using R = device.tensor("R", [part, part]);
  const a = { tensor: T };
  matmul(device, { m: part, n: D, k: D, a, b: { tensor: information }, c: { tensor: product } });
  const b = { tensor: T, transposed: true };
  matmul(device, { m: part, n: part, k: D, a: { tensor: product }, b, c: { tensor: R } });
  const values = await device.read(R);
  return Float64Array.from(values, (value, e) => {
    const mirrored = values[(e % part) * part + Math.floor(e / part)]!;
    return (value + mirrored) / 2;
  });
}

/** C and R of the members that are left. */
class MemberSpace {
  readonly #size: number;
  readonly #left: Set<number>;

  constructor(
    private readonly C: Float64Array,
    private readonly R: Float64Array,
    count: number,
    private readonly rank: number,
  ) {
    this.#size = count * rank;
    this.#left = new Set(Array.from({ length: count }, (_, i) => i));
  }

  /** Drops the member whose removal increases the objective least, and returns its position. */
  dropLeast(): number {
    let dropped = -1;
    let least = Infinity;
    for (const i of this.#left) {
      const rise = this.#rise(i);
      if (dropped < 0 || rise < least) [dropped, least] = [i, rise];
    }
    this.#left.delete(dropped);
    this.#remove(dropped);
    return dropped;
  }

  /** `tr(R_ii C_ii^-1)`. */
  #rise(i: number): number {
    const { rank } = this;
    const right = this.#solve(i, (u, v) => this.R[this.#at(i, u) + i * rank + v]!);
    let trace = 0;
    for (let u = 0; u < rank; u++) trace += right[u * rank + u]!;
    return trace;
  }

  #remove(s: number): void {
    const { C, R, rank } = this;
    const size = this.#size;
    const fromC = C.slice(this.#at(s, 0), this.#at(s, 0) + rank * size);
    const fromR = R.slice(this.#at(s, 0), this.#at(s, 0) + rank * size);
    const inverse = this.#solve(s, (u, v) => u === v ? 1 : 0);
    // E^T = C_ss^-1 C_s:, since C is symmetric.
    const E = new Float64Array(rank * size);
    for (let u = 0; u < rank; u++) {
      for (let v = 0; v < rank; v++) {
        const factor = inverse[u * rank + v]!;
        for (let e = 0; e < size; e++) E[u * size + e]! += factor * fromC[v * size + e]!;
      }
    }
    for (const i of this.#left) {
      for (let row = i * rank; row < (i + 1) * rank; row++) {
        const at = row * size;
        for (let u = 0; u < rank; u++) {
          const factor = E[u * size + row]!;
          for (let e = 0; e < size; e++) {
            C[at + e]! -= factor * fromC[u * size + e]!;
            R[at + e]! -= factor * fromR[u * size + e]!;
          }
        }
        // Subtract the product of the columns of s with E^T.
        for (let u = 0; u < rank; u++) {
          const factor = R[at + s * rank + u]!;
          for (let e = 0; e < size; e++) R[at + e]! -= factor * E[u * size + e]!;
        }
      }
    }
  }

  #at(i: number, u: number): number {
    return (i * this.rank + u) * this.#size;
  }

  /** `C_ii^-1 B` for a small matrix B. */
  #solve(i: number, entry: (u: number, v: number) => number): Float64Array {
    const { C, rank } = this;
    const lower = new Float64Array(rank * rank);
    const right = new Float64Array(rank * rank);
    for (let u = 0; u < rank; u++) {
      for (let v = 0; v < rank; v++) {
        lower[u * rank + v] = C[this.#at(i, u) + i * rank + v]!;
        right[u * rank + v] = entry(u, v);
      }
    }
    hostCholesky(lower, rank);
    for (let v = 0; v < rank; v++) {
      for (let u = 0; u < rank; u++) {
        let sum = right[u * rank + v]!;
        for (let w = 0; w < u; w++) sum -= lower[u * rank + w]! * right[w * rank + v]!;
        right[u * rank + v] = sum / lower[u * rank + u]!;
      }
      for (let u = rank - 1; u >= 0; u--) {
        let sum = right[u * rank + v]!;
        for (let w = u + 1; w < rank; w++) sum -= lower[w * rank + u]! * right[w * rank + v]!;
        right[u * rank + v] = sum / lower[u * rank + u]!;
      }
    }
    return right;
  }
}
