/**
 * The pick of the best sample, and the preparation of its rank update (docs/mathematics.md, "The
 * update").
 *
 * @module
 */

import { defineKernel, type Numbers } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/bait/pick-sample.gen.ts";
import { LEAST_FORM, packed, pickLayout } from "./pick.ts";

/**
 * Writes the arg-max of the scores to `picks[step]`, and, if the sample is in this segment of the
 * pool, its features, `A'`, `T` and `L` to `pick`.
 */
export const pickSample = /* @__PURE__ */ defineKernel({
  name: "pick-sample",
  wgsl,
  bindings: {
    scores: "read",
    features: "read",
    probabilities: "read",
    columns: "read",
    weights: "read",
    forms: "read",
    pick: "write",
    picks: "write",
  },
  params: {
    count: "u32",
    step: "u32",
    base: "u32",
    rows: "u32",
    xOffset: "u32",
    d: "u32",
    classes: "u32",
    sigma: "f32",
  },
  constants: { half: 0, rank: 1, groupSize: 256 },
  grid: () => [1],
  cpu(t, { count, step, base, rows, xOffset, d, classes, sigma }, { rank }) {
    let sample = 0;
    for (let i = 1; i < count; i++) if (t.scores[i]! > t.scores[sample]!) sample = i;
    const layout = pickLayout(d, classes, rank);
    t.picks[step] = sample;
    t.pick[layout.scores + step] = t.scores[sample]!;
    const s = sample - base;
    if (s < 0 || s >= rows) return;
    for (let f = 0; f < d; f++) t.pick[layout.features + f] = t.features[xOffset + s * d + f]!;

    const triangle = rank * (rank + 1) / 2;
    const form = (part: number, j: number, k: number) =>
      t.forms[(s * 2 + part) * triangle + packed(j, k)]!;
    const { lower, inverse } = factor(
      rank,
      (j, k) => (j === k && sigma > 0 ? 1 : 0) + form(0, j, k),
    );
    for (let j = 0; j < rank; j++) {
      for (let k = 0; k < rank; k++) {
        let sum = 0;
        for (let m = 0; m <= j; m++) {
          for (let u = 0; u <= k; u++) {
            sum += inverse[j * rank + m]! * form(1, m, u) * inverse[k * rank + u]!;
          }
        }
        t.pick[layout.inner + j * rank + k] = sum;
        t.pick[layout.lower + j * rank + k] = lower[j * rank + k]!;
      }
    }
    writeFactor(t, s, layout.factor, classes, rank, inverse);
  },
});

/** Computes the Cholesky factor of a small matrix, and the inverse of the factor. */
function factor(
  rank: number,
  entry: (j: number, k: number) => number,
): { lower: Float64Array; inverse: Float64Array } {
  const lower = new Float64Array(rank * rank);
  const inverse = new Float64Array(rank * rank);
  for (let j = 0; j < rank; j++) {
    for (let k = 0; k <= j; k++) {
      let sum = entry(j, k);
      for (let m = 0; m < k; m++) sum -= lower[j * rank + m]! * lower[k * rank + m]!;
      lower[j * rank + k] = j === k
        ? Math.sqrt(Math.max(sum, LEAST_FORM))
        : sum / lower[k * rank + k]!;
    }
  }
  for (let column = 0; column < rank; column++) {
    for (let j = column; j < rank; j++) {
      let sum = j === column ? 1 : 0;
      for (let k = column; k < j; k++) {
        sum -= lower[j * rank + k]! * inverse[k * rank + column]!;
      }
      inverse[j * rank + column] = sum / lower[j * rank + j]!;
    }
  }
  return { lower, inverse };
}

/** `A' = A_s L^-T` with `A[k, j] = w_j ([k = c_j] - p_k)`. */
function writeFactor(
  t: Record<"probabilities" | "columns" | "weights" | "pick", Numbers>,
  s: number,
  at: number,
  classes: number,
  rank: number,
  inverse: Float64Array,
): void {
  for (let k = 0; k < classes; k++) {
    const p = t.probabilities[s * classes + k]!;
    for (let u = 0; u < rank; u++) {
      let sum = 0;
      for (let j = 0; j <= u; j++) {
        const indicator = t.columns[s * rank + j] === k ? 1 : 0;
        sum += t.weights[s * rank + j]! * (indicator - p) * inverse[u * rank + j]!;
      }
      t.pick[at + k * rank + u] = sum;
    }
  }
}
