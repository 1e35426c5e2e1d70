/**
 * Predictors, which compute the class probabilities of segments of a pool: from given logits or
 * probabilities (in this module), or by a head's forward pass.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import type { Tensor } from "../device/tensor.ts";
import { InputError } from "../errors.ts";
import type { RowSource } from "../io/rows.ts";
import { softmaxRows } from "../kernels/pool/softmax-rows.ts";
import type { Segment } from "./pool.ts";

/** The parameters of a linear head, `logits = W x + b`. */
export interface LinearWeights {
  /** The weights W, `[K, d]`, row-major. */
  readonly weight: ArrayLike<number>;
  /** The biases b, `[K]`. */
  readonly bias: ArrayLike<number>;
}

/** Computes the class probabilities of samples; a `Head` is a predictor. */
export interface Predictor {
  /** The number of classes, K. */
  readonly classes: number;
  /**
   * Whether the probabilities of the classes are independent of one another, as the sigmoids of a
   * multi-label head are, so that those of a sample need not sum to 1. Default: false.
   */
  readonly independent?: boolean;
  /**
   * Computes the class probabilities of a segment of the pool.
   *
   * @returns the probabilities `[segment.rows, K]`, the caller's to dispose
   */
  predict(device: Device, segment: Segment): Promise<Tensor>;
  /**
   * Computes the logits of a segment, whose softmax are the probabilities. The method is absent if
   * only probabilities are known.
   *
   * @returns the logits `[segment.rows, K]`, the caller's to dispose
   */
  outputs?(device: Device, segment: Segment): Tensor;
  /**
   * Returns a predictor for a pool of the selected samples, in the order of the indices. The method
   * is absent if `predict` depends only on the features of a segment, and so applies to any pool.
   */
  subset?(indices: readonly number[]): Predictor;
  /** Reads the weights of a linear head back to the host; absent for all other predictors. */
  readWeights?(): Promise<LinearWeights>;
}

/** The largest deviation from 1 of the sum of a row of probabilities. */
const SUM_TOLERANCE = 1e-3;

/**
 * Returns a predictor whose probabilities are the softmax of given logits.
 *
 * @example The sample with the least certain prediction
 * ```ts
 * import { arrayRows, logitsPredictor, margin, openDevice, Pool, runStrategy } from "@creel/creel";
 * import assert from "node:assert/strict";
 *
 * using device = await openDevice({ device: "cpu" });
 * using pool = await Pool.from(device, arrayRows("features", Float32Array.of(1, 2, 3), 1));
 * const predictor = logitsPredictor(arrayRows("logits", Float32Array.of(5, 0, 1, 1, 0, 3), 2));
 * const { picks } = await runStrategy(pool, margin, { budget: 1, predictor });
 * assert.deepEqual(picks, [1]);
 * ```
 *
 * @param logits the logits of all samples of the pool, `[n, K]`
 */
export function logitsPredictor(logits: RowSource): Predictor {
  return {
    classes: logits.columns,
    async predict(device, { base, rows }) {
      const values = await readRows(logits, base, rows);
      using input = device.tensor("logits", [rows, logits.columns], "real", values);
      const probabilities = device.tensor("probabilities", [rows, logits.columns]);
      device.run(softmaxRows, { logits: input, probabilities }, { rows, classes: logits.columns });
      return probabilities;
    },
    subset: (indices) => logitsPredictor(selectedRows(logits, indices)),
  };
}

/**
 * Returns a predictor with given probabilities. Its `predict` throws an {@linkcode InputError} if a
 * probability is outside 0..1, or a row does not sum to 1.
 *
 * @example The sample with the least certain prediction
 * ```ts
 * import { arrayRows, margin, openDevice, Pool, probsPredictor, runStrategy } from "@creel/creel";
 * import assert from "node:assert/strict";
 *
 * using device = await openDevice({ device: "cpu" });
 * using pool = await Pool.from(device, arrayRows("features", Float32Array.of(1, 2, 3), 1));
 * const probs = Float32Array.of(0.9, 0.1, 0.5, 0.5, 0.2, 0.8);
 * const predictor = probsPredictor(arrayRows("probs", probs, 2));
 * const { picks } = await runStrategy(pool, margin, { budget: 1, predictor });
 * assert.deepEqual(picks, [1]);
 * ```
 *
 * @param probs the class probabilities of all samples of the pool, `[n, K]`
 */
export function probsPredictor(probs: RowSource): Predictor {
  const classes = probs.columns;
  return {
    classes,
    async predict(device, { base, rows }) {
      const values = await readRows(probs, base, rows);
      for (let i = 0; i < rows; i++) checkRow(values, i * classes, classes, base + i, probs.name);
      return device.tensor("probabilities", [rows, classes], "real", values);
    },
    subset: (indices) => probsPredictor(selectedRows(probs, indices)),
  };
}

/** Selected rows of a matrix, in the order of the indices. */
function selectedRows(source: RowSource, indices: readonly number[]): RowSource {
  const { columns } = source;
  return {
    ...source,
    rows: indices.length,
    async read(start, target) {
      const count = target.length / columns;
      for (let row = 0; row < count;) {
        // Consecutive rows are read at once.
        let run = 1;
        while (row + run < count && indices[start + row + run] === indices[start + row]! + run) {
          run++;
        }
        await source.read(
          indices[start + row]!,
          target.subarray(row * columns, (row + run) * columns),
        );
        row += run;
      }
    },
  };
}

async function readRows(source: RowSource, base: number, rows: number): Promise<Float32Array> {
  const values = new Float32Array(rows * source.columns);
  await source.read(base, values);
  return values;
}

function checkRow(
  values: Float32Array,
  at: number,
  classes: number,
  row: number,
  name: string,
): void {
  let sum = 0;
  for (let k = 0; k < classes; k++) {
    const p = values[at + k]!;
    if (p < 0 || p > 1 + SUM_TOLERANCE) {
      throw new InputError(
        `Cannot use ${name}: ${p} at row ${row}, column ${k} is not a probability`,
      );
    }
    sum += p;
  }
  if (Math.abs(sum - 1) > SUM_TOLERANCE) {
    throw new InputError(
      `Cannot use ${name}: row ${row} sums to ${sum.toPrecision(6)}, and probabilities sum to 1 ` +
        "(are these logits?)",
    );
  }
}
