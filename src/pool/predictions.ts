/**
 * Class probabilities of stretches of a pool, wherever they come from: logits or probabilities in a
 * file or an array here, a head's forward pass elsewhere.
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
  /** `[K, d]`, row-major. */
  readonly weight: ArrayLike<number>;
  /** `[K]`. */
  readonly bias: ArrayLike<number>;
}

/** Gives the class probabilities of a stretch of the pool. */
export interface Predictor {
  /** K, the number of classes. */
  readonly classes: number;
  /** Probabilities `[segment.rows, K]`, the caller's to dispose. */
  predict(device: Device, segment: Segment): Promise<Tensor>;
  /**
   * The logits `[segment.rows, K]`, whose softmax the probabilities are; the caller's to dispose.
   * Absent where there are only probabilities.
   */
  outputs?(device: Device, segment: Segment): Tensor;
  /**
   * The same for a pool of chosen samples, in the order of the indices. Absent where `predict` looks at
   * nothing but the features of the segment, and so can be asked about any.
   */
  subset?(indices: readonly number[]): Predictor;
  /** The weights of a linear head; absent for any other. */
  readWeights?(): Promise<LinearWeights>;
}

/** How far the sum of a row of probabilities may be from 1. */
const SUM_TOLERANCE = 1e-3;

/** Probabilities as the softmax of logits `[n, K]`. */
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
    subset: (indices) => logitsPredictor(chosenRows(logits, indices)),
  };
}

/**
 * Probabilities `[n, K]` as they are.
 *
 * `predict` throws an {@linkcode InputError} if one is outside 0..1 or a row does not sum to 1.
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
    subset: (indices) => probsPredictor(chosenRows(probs, indices)),
  };
}

/** Chosen rows of a matrix, in the order of the indices. */
function chosenRows(source: RowSource, indices: readonly number[]): RowSource {
  const { columns } = source;
  return {
    ...source,
    rows: indices.length,
    async read(start, target) {
      const count = target.length / columns;
      for (let row = 0; row < count;) {
        // Neighbors are read at once.
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
