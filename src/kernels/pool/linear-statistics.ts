/**
 * Statistics of the class probabilities of a linear head, without the probabilities and without
 * the logits.
 *
 * @module
 */

import { defineKernel, linearGrid, type Numbers } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/pool/linear-statistics.gen.ts";

/** The number of rows of a workgroup. */
export const STATISTICS_ROWS = 64;

/** What is below every logit. */
export const LOWEST = -3e38;

/**
 * `[max p, p1 - p2, entropy, arg-max]` of `p = softmax(W x + b)` for each row x of X `[rows, d]`,
 * as `[rows, 4]`. W `[classes, d]` and b `[classes]` start at `weight` and `bias` of the
 * parameters; d is a multiple of 8.
 */
export const linearStatistics = /* @__PURE__ */ defineKernel({
  name: "linear-statistics",
  wgsl,
  bindings: { x: "read", parameters: "read", statistics: "write" },
  params: { rows: "u32", d: "u32", classes: "u32", xOffset: "u32", weight: "u32", bias: "u32" },
  constants: { half: 0 },
  grid: ({ rows }) => linearGrid(Math.ceil(rows / STATISTICS_ROWS)),
  cpu({ x, parameters, statistics }, { rows, d, classes, xOffset, weight, bias }) {
    const logits = new Float64Array(classes + 3);
    for (let i = 0; i < rows; i++) {
      const x0 = xOffset + i * d;
      // Four classes at a time: their sums do not wait for one another. Those beyond the last class
      // are not read.
      for (let k = 0; k < classes; k += 4) {
        const w0 = weight + k * d;
        const w1 = k + 1 < classes ? w0 + d : w0;
        const w2 = k + 2 < classes ? w1 + d : w0;
        const w3 = k + 3 < classes ? w2 + d : w0;
        let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
        for (let f = 0; f < d; f++) {
          const value = x[x0 + f]!;
          sum0 += value * parameters[w0 + f]!;
          sum1 += value * parameters[w1 + f]!;
          sum2 += value * parameters[w2 + f]!;
          sum3 += value * parameters[w3 + f]!;
        }
        logits[k] = sum0;
        logits[k + 1] = sum1;
        logits[k + 2] = sum2;
        logits[k + 3] = sum3;
      }
      for (let k = 0; k < classes; k++) logits[k]! += parameters[bias + k]!;
      writeStatistics(logits.subarray(0, classes), statistics, i);
    }
  },
});

/**
 * Writes the statistics of one row. The entropy is `ln(sum e^y) - sum y e^y / sum e^y` for
 * `y = z - max z`: two sums of terms of one sign, and one logarithm for all classes.
 *
 * @param logits the logits z of the row, `[K]`
 * @param statistics receives the four numbers, `[rows, 4]`
 * @param row the index of the row
 */
export function writeStatistics(logits: Float64Array, statistics: Numbers, row: number): void {
  let [top, second, label] = [-Infinity, -Infinity, 0];
  for (let k = 0; k < logits.length; k++) {
    const z = logits[k]!;
    if (z > top) {
      second = top;
      top = z;
      label = k;
    } else if (z > second) second = z;
  }
  let [sum, slope] = [0, 0];
  for (let k = 0; k < logits.length; k++) {
    const below = logits[k]! - top;
    const share = Math.exp(below);
    sum += share;
    slope += below * share;
  }
  const p = 1 / sum;
  statistics[4 * row] = p;
  statistics[4 * row + 1] = p - Math.exp(second - top) / sum;
  statistics[4 * row + 2] = Math.log(sum) - slope / sum;
  statistics[4 * row + 3] = label;
}
