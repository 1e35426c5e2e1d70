/**
 * The forms and the score of every sample after a pick (docs/mathematics.md, "The update").
 *
 * @module
 */

import { defineKernel, linearGrid, type Numbers } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/bait/update-scores.gen.ts";
import { LEAST_FORM, MASKED, packed, PICKED, type PickLayout, pickLayout } from "./pick.ts";

/**
 * Updates `forms` from `y = X [W | Z]` (G of candidates, `I - G` of members, and H), then `scores`
 * (followed by the maximum of each group of `samples`), and measures the drift at the picked
 * sample. With `scoreOnly` the forms do not change.
 */
export const updateScores = /* @__PURE__ */ defineKernel({
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
    const removing = sigma < 0;
    for (let first = 0; first < rows; first += samples) {
      let best = PICKED;
      for (let i = first; i < Math.min(rows, first + samples); i++) {
        const formG = i * 2 * triangle;
        const formH = formG + triangle;
        const at = base + i;
        const picked = !scoreOnly && t.picks[step] === at;
        const member = removing || t.scores[at]! <= PICKED;
        if (!scoreOnly) {
          project(t, i, classes, rank, a, z);
          if (picked) measureDrift(t, formG, layout, rank, sigma, a, z);
          if (!picked || removing) {
            subtract(t.forms, formG, rank, member ? -sigma : sigma, a, z);
          }
        }
        for (let e = 0; e < rank * rank; e++) {
          const [j, k] = [Math.floor(e / rank), e % rank];
          c[e] = (j === k && !member ? 1 : 0) + t.forms[formG + packed(j, k)]!;
        }
        invertInPlace(c, rank);
        let sum = 0;
        for (let e = 0; e < rank * rank; e++) {
          sum += t.forms[formH + packed(Math.floor(e / rank), e % rank)]! * c[e]!;
        }
        if (picked && !removing) becomeMember(t.forms, formG, rank, c);
        const score = t.scores[at]! <= MASKED ? t.scores[at]! : removing ? -sum : sum;
        t.scores[at] = picked ? PICKED : score;
        best = Math.max(best, t.scores[at]!);
      }
      t.scores[count + (base + first) / samples] = best;
    }
  },
});

/** `G -= direction a a^T` (or C, for a member) and `H -= a z^T + z a^T`. */
function subtract(
  forms: Numbers,
  formG: number,
  rank: number,
  direction: number,
  a: Float64Array,
  z: Float64Array,
): void {
  const formH = formG + rank * (rank + 1) / 2;
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
      forms[formG + packed(j, k)]! -= direction * g;
      forms[formH + packed(j, k)]! -= h;
    }
  }
}

/** Makes a candidate a member: `C = (I + G)^-1`, passed as c, and `H = C H C`. */
export function becomeMember(forms: Numbers, formG: number, rank: number, c: Numbers): void {
  const formH = formG + rank * (rank + 1) / 2;
  const product = new Float64Array(rank * rank);
  for (let e = 0; e < rank * rank; e++) {
    for (let m = 0; m < rank; m++) {
      product[e]! += forms[formH + packed(Math.floor(e / rank), m)]! * c[m * rank + e % rank]!;
    }
  }
  for (let j = 0; j < rank; j++) {
    for (let k = 0; k <= j; k++) {
      let sum = 0;
      for (let m = 0; m < rank; m++) sum += c[j * rank + m]! * product[m * rank + k]!;
      forms[formG + packed(j, k)] = c[j * rank + k]!;
      forms[formH + packed(j, k)] = sum;
    }
  }
}

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
export function measureDrift(
  t: Record<"forms" | "pick", Numbers>,
  formG: number,
  layout: PickLayout,
  rank: number,
  sigma: number,
  a: Numbers,
  z: Numbers,
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
  const scale = sigma < 0 ? Math.max(Math.abs(g), LEAST_FORM) : 1 + Math.abs(g);
  if (sigma < 0) g = rank - g;
  const drift = Math.max(
    Math.abs(g - seenG) / scale,
    Math.abs(h - seenH) / Math.max(Math.abs(h), 1e-30),
  );
  t.pick[0] = Math.max(t.pick[0]!, drift);
}

/** Gauss-Jordan without pivoting: the matrix is positive definite. */
function invertInPlace(c: Float64Array, rank: number): void {
  for (let p = 0; p < rank; p++) {
    const inversePivot = 1 / Math.max(c[p * rank + p]!, LEAST_FORM);
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
