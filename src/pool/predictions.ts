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

/** The layer of a linear classifier in device memory, `logits = W x + b`. */
export interface LinearLayer {
  /** The device of the parameters. */
  readonly device: Device;
  /** The number of features, d. */
  readonly columns: number;
  /** The parameters, `real`. */
  readonly parameters: Tensor;
  /** The index of the first weight; W is `[K, stride]`, with the stride of a pool. */
  readonly weight: number;
  /** The index of the first bias; b is `[K]`. */
  readonly bias: number;
}

/** Computes the class probabilities of samples; a `Head` is a predictor. */
export interface Predictor {
  /** The number of classes, K. */
  readonly classes: number;
  /**
   * Whether the class probabilities are independent sigmoids, as with several labels a sample, so
   * that rows need not sum to 1. Default: false.
   */
  readonly independent?: boolean;
  /**
   * Computes the class probabilities of a segment of the pool.
   *
   * @returns the probabilities `[segment.rows, K]`, the caller's to dispose
   */
  predict(device: Device, segment: Segment): Promise<Tensor>;
  /**
   * Computes the logits of a segment, whose softmax (or sigmoids, if `independent`) are the
   * probabilities. The method is absent if only probabilities are known.
   *
   * @returns the logits `[segment.rows, K]`, the caller's to dispose
   */
  outputs?(device: Device, segment: Segment): Tensor;
  /**
   * Returns a predictor for a pool of the selected samples, in the order of the indices. The method
   * is absent if `predict` depends only on the features of a segment, and so applies to any pool.
   */
  subset?(indices: readonly number[]): Predictor;
  /**
   * The layer of a linear classifier on the device, whose softmax `predict` computes: strategies
   * that need a few numbers of each sample use it instead of `predict`. Absent for all other
   * predictors.
   */
  readonly linear?: LinearLayer | undefined;
  /** Reads the weights of a linear head back to the host; absent for all other predictors. */
  readWeights?(): Promise<LinearWeights>;
}

/** The options of given predictions. */
export interface PredictionOptions {
  /**
   * The task: `classification`, one class a sample, or `multilabel`, several classes a sample with
   * independent probabilities. Default: `classification`.
   */
  readonly task?: "classification" | "multilabel" | undefined;
}

/** The largest deviation from 1 of the sum of a row of probabilities. */
const SUM_TOLERANCE = 1e-3;

/**
 * Returns a predictor whose probabilities are the softmax of given logits, or their sigmoids with
 * several labels a sample.
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
 * @param options the task
 */
export function logitsPredictor(logits: RowSource, options: PredictionOptions = {}): Predictor {
  const classes = logits.columns;
  const independent = options.task === "multilabel";
  return {
    classes,
    independent,
    async predict(device, { base, rows }) {
      const given = await readRows(logits, base, rows);
      const values = device.tensor("probabilities", [rows, classes], "real", given);
      device.run(softmaxRows, { values }, { rows, classes }, { independent: Number(independent) });
      return values;
    },
    subset: (indices) => logitsPredictor(selectedRows(logits, indices), options),
  };
}

/**
 * Returns a predictor with given probabilities. Its `predict` throws an {@linkcode InputError} if a
 * probability is outside 0..1, or, with one class a sample, a row does not sum to 1.
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
 * @param options the task
 */
export function probsPredictor(probs: RowSource, options: PredictionOptions = {}): Predictor {
  const classes = probs.columns;
  const independent = options.task === "multilabel";
  return {
    classes,
    independent,
    async predict(device, { base, rows }) {
      const values = await readRows(probs, base, rows);
      for (let i = 0; i < rows; i++) {
        const row = values.subarray(i * classes, (i + 1) * classes);
        checkRow(row, base + i, probs.name, independent);
      }
      return device.tensor("probabilities", [rows, classes], "real", values);
    },
    subset: (indices) => probsPredictor(selectedRows(probs, indices), options),
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

function checkRow(values: Float32Array, row: number, name: string, independent: boolean): void {
  let sum = 0;
  values.forEach((p, k) => {
    if (p < 0 || p > 1 + SUM_TOLERANCE) {
      throw new InputError(
        `Cannot use ${name}: ${p} at row ${row}, column ${k} is not a probability`,
      );
    }
    sum += p;
  });
  if (Math.abs(sum - 1) > SUM_TOLERANCE && !independent) {
    throw new InputError(
      `Cannot use ${name}: row ${row} sums to ${sum.toPrecision(6)}, and probabilities sum to 1 ` +
        "(are these logits?)",
    );
  }
}
