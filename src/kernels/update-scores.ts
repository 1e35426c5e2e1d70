/**
 * The forms and the score of every sample after a pick (docs/mathematics.md, "The update").
 *
 * @module
 */

import { defineKernel, linearGrid, type Numbers } from "../device/kernel.ts";
import { updateScores as wgsl } from "../shaders.gen.ts";
import { MASKED, packed, type PickLayout, pickLayout } from "./pick.ts";

/**
 * Updates `forms` from `y = X [W | Z]`, then `scores` (and behind them the maximum of each group of
 * `samples`), and measures the drift at the picked sample. With `scoreOnly` the forms stay.
 */
export const updateScores = defineKernel({
  name: "update-scores",
  wgsl,
  bindings: {
    y: "read",
    probabilities: "read",
    columns: "read",
    weights: "read",
    picks: "read",
    forms: "write",
    scores: "write",
    pick: "write",
  },
  params: {
    rows: "u32",
    base: "u32",
    count: "u32",
    step: "u32",
    d: "u32",
    classes: "u32",
    sigma: "f32",
  },
  constants: { rank: 1, lanes: 1, samples: 256, scoreOnly: 0 },
  grid: ({ rows }, { samples }) => linearGrid(Math.ceil(rows / samples)),
  cpu(t, { rows, base, count, step, d, classes, sigma }, { rank, samples, scoreOnly }) {
    const layout = pickLayout(d, classes, rank);
    const triangle = rank * (rank + 1) / 2;
    const a = new Float64Array(rank * rank);
    const z = new Float64Array(rank * rank);
    const c = new Float64Array(rank * rank);
    for (let first = 0; first < rows; first += samples) {
      let best = MASKED;
      for (let i = first; i < Math.min(rows, first + samples); i++) {
        const formG = i * 2 * triangle;
        const formH = formG + triangle;
        const picked = !scoreOnly && t.picks[step] === base + i;
        if (!scoreOnly) {
          project(t, i, classes, rank, a, z);
          if (picked) measureDrift(t, formG, layout, rank, sigma, a, z);
          for (let j = 0; j < rank; j++) {
            for (let k = 0; k <= j; k++) {
              let g = 0;
              let h = 0;
              for (let u = 0; u < rank; u++) {
                const aj = a[j * rank + u]!;
                const ak = a[k * rank + u]!;
                g += aj * ak;
                h += aj * z[k * rank + u]! + z[j * rank + u]! * ak;
              }
              t.forms[formG + packed(j, k)]! -= sigma * g;
              t.forms[formH + packed(j, k)]! -= h;
            }
          }
        }
        for (let e = 0; e < rank * rank; e++) {
          const [j, k] = [Math.floor(e / rank), e % rank];
          c[e] = (j === k ? 1 : 0) + sigma * t.forms[formG + packed(j, k)]!;
        }
        invertInPlace(c, rank);
        let sum = 0;
        for (let e = 0; e < rank * rank; e++) {
          sum += t.forms[formH + packed(Math.floor(e / rank), e % rank)]! * c[e]!;
        }
        const masked = picked || t.scores[base + i]! <= MASKED;
        const score = masked ? MASKED : sigma * sum;
        t.scores[base + i] = score;
        best = Math.max(best, score);
      }
      t.scores[count + (base + first) / samples] = best;
    }
  },
});

/** `a = A_i^T Y_W` and `z = A_i^T Y_Z`, with `A[k, j] = w_j ([k = c_j] - p_k)`. */
function project(
  t: Record<"y" | "probabilities" | "columns" | "weights", Numbers>,
  i: number,
  classes: number,
  rank: number,
  a: Float64Array,
  z: Float64Array,
): void {
  const y0 = i * 2 * rank * classes;
  for (let u = 0; u < 2 * rank; u++) {
    let mean = 0;
    for (let k = 0; k < classes; k++) {
      mean += t.probabilities[i * classes + k]! * t.y[y0 + u * classes + k]!;
    }
    const out = u < rank ? a : z;
    for (let j = 0; j < rank; j++) {
      const value = t.y[y0 + u * classes + t.columns[i * rank + j]!]!;
      out[j * rank + u % rank] = t.weights[i * rank + j]! * (value - mean);
    }
  }
}

/** Compares the forms of the pick with `a L^T` and `sigma (z + a T / 2) L^T`. */
function measureDrift(
  t: Record<"forms" | "pick", Numbers>,
  formG: number,
  layout: PickLayout,
  rank: number,
  sigma: number,
  a: Float64Array,
  z: Float64Array,
): void {
  const formH = formG + rank * (rank + 1) / 2;
  let [g, h, seenG, seenH] = [0, 0, 0, 0];
  for (let j = 0; j < rank; j++) {
    g += t.forms[formG + packed(j, j)]!;
    h += t.forms[formH + packed(j, j)]!;
    for (let k = 0; k <= j; k++) {
      let b = z[j * rank + k]!;
      for (let u = 0; u < rank; u++) {
        b += 0.5 * a[j * rank + u]! * t.pick[layout.inner + u * rank + k]!;
      }
      const lower = t.pick[layout.lower + j * rank + k]!;
      seenG += a[j * rank + k]! * lower;
      seenH += sigma * b * lower;
    }
  }
  const drift = Math.max(
    Math.abs(g - seenG) / (1 + Math.abs(g)),
    Math.abs(h - seenH) / Math.max(Math.abs(h), 1e-30),
  );
  t.pick[0] = Math.max(t.pick[0]!, drift);
}

/** Gauss-Jordan without pivoting: the matrix is positive definite. */
function invertInPlace(c: Float64Array, rank: number): void {
  for (let p = 0; p < rank; p++) {
    const inversePivot = 1 / c[p * rank + p]!;
    for (let j = 0; j < rank; j++) {
      if (j === p) continue;
      const factor = c[j * rank + p]! * inversePivot;
      for (let k = 0; k < rank; k++) {
        if (k !== p) c[j * rank + k]! -= factor * c[p * rank + k]!;
      }
    }
    for (let e = 0; e < rank; e++) {
      if (e === p) continue;
      c[p * rank + e]! *= inversePivot;
      c[e * rank + p]! *= -inversePivot;
    }
    c[p * rank + p] = inversePivot;
  }
}
