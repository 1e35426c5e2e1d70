/**
 * The initial state of BAIT for a pool without labels: `M = lambda I` with lambda `auto`.
 * Benchmarks use it to run single picks without the inspections, the backward pass and the result.
 *
 * @module
 */

import { FisherFactors } from "../../src/select/bait/fisher/factors.ts";
import type { Fisher } from "../../src/select/strategy/bait-report.ts";
import { addInformation } from "../../src/select/bait/fisher/information.ts";
import { ridge } from "../../src/kernels/bait/ridge.ts";
import { setDiagonal } from "../../src/kernels/linalg/set-diagonal.ts";
import { invert } from "../../src/linalg/cholesky.ts";
import { matmul } from "../../src/linalg/matmul.ts";
import type { Pool } from "../../src/pool/pool.ts";
import type { Predictor } from "../../src/pool/predictions.ts";
import { segmentRows } from "../../src/select/bait/memory.ts";
import type { Matrices } from "../../src/select/bait/phase-state.ts";
import { AUTO_SHARE } from "../../src/select/bait/weighting.ts";

/** The factors of a pool and the matrices before the first pick. */
export interface Start extends Disposable {
  /** The factors of all samples. */
  readonly factors: FisherFactors;
  /** F, M^-1 and P. */
  readonly matrices: Matrices;
}

/** The form of the Fisher information. */
export interface Form {
  /** The name of the form. */
  readonly fisher: Fisher;
  /** The number of most probable classes of the form `exp`. */
  readonly topClasses: number;
}

/** Computes the state before the first pick. */
export async function startOf(
  pool: Pool,
  predictor: Predictor,
  { fisher, topClasses }: Form,
): Promise<Start> {
  const { device, rows, stride } = pool;
  const size = { rows, stride, classes: predictor.classes, fisher, topClasses };
  const factors = await FisherFactors.from(pool, {
    fisher,
    topClasses,
    predictor,
    scale: 1,
    segmentRows: segmentRows(device, size),
  });
  const { D, classes } = factors;
  const information = device.tensor("F", [D, D]);
  const inverse = device.tensor("inverse of M", [D, D]);
  const middle = device.tensor("P", [D, D]);
  await addInformation(factors, information, 1 / rows, () => device.idle());
  using lambda = device.tensor("lambda", [1]);
  const share = AUTO_SHARE / (classes * pool.columns);
  device.run(ridge, { matrix: information, lambda }, { D, lambda: 0, share });
  using matrix = device.tensor("M", [D, D]);
  device.run(setDiagonal, { s: lambda, matrix }, { D });
  invert(device, matrix, inverse);
  using product = device.tensor("F M^-1", [D, D]);
  const [a, b, c] = [{ tensor: information }, { tensor: inverse }, { tensor: product }];
  matmul(device, { m: D, n: D, k: D, a, b, c });
  matmul(device, { m: D, n: D, k: D, a: b, b: c, c: { tensor: middle } });
  await device.idle();
  return {
    factors,
    matrices: { information, inverse, middle },
    [Symbol.dispose]() {
      factors[Symbol.dispose]();
      for (const tensor of [information, inverse, middle]) tensor[Symbol.dispose]();
    },
  };
}
