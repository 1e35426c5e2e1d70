/**
 * The kernels that are computed with a BLAS instead of by their CPU twins: the matrix product, the
 * weighted Gram matrix, and of picks of rank 1 the projection and the update of the scores, which
 * are what is left beside them. All others are built on these, or run their twins.
 *
 * @module
 */

import type { Numbers } from "../../device/kernel.ts";
import { LEAST_FORM, MASKED, PICKED, pickLayout } from "../bait/pick.ts";
import { updateScores } from "../bait/update-scores.ts";
import { spreadAllClasses, updateAllClasses } from "./all-classes.ts";
import type { Gemm } from "./gemm.ts";
import { writeStatistics } from "../pool/linear-statistics.ts";
import { inDoubles, multiply, suitsBlas, WORTHWHILE } from "./multiply.ts";

/** The number of logits that are computed at a time, in 2 MiB. */
const LOGIT_BLOCK = 2 ** 18;

/** The number of features that are weighted at a time; they stay in the cache. */
const WEIGHTED_BLOCK = 98_304;

type Named = Readonly<Record<string, number>>;

/** A kernel on a BLAS; it returns whether it was computed, which small ones are not. */
type Form = (
  gemm: Gemm,
  tensors: Readonly<Record<string, Numbers>>,
  params: Named,
  constants: Named,
) => boolean;

/** The forms by the names of the kernels. */
export const FORMS: Readonly<Record<string, Form>> = {
  "matmul": product,
  "weighted-gram": weightedGram,
  "linear-statistics": linearStatistics,
  "project-pick": projectPick,
  "update-scores": updateForms,
  "spread-classes": spreadAllClasses,
  "update-classes": updateAllClasses,
};

function product(
  gemm: Gemm,
  { a, b, c }: Readonly<Record<string, Numbers>>,
  p: Named,
  { transA, transB }: Named,
): boolean {
  const [m, n, k, lda, ldb, ldc] = [p["m"]!, p["n"]!, p["k"]!, p["lda"]!, p["ldb"]!, p["ldc"]!];
  if (!suitsBlas(c!, m, n, k)) return false;
  for (let start = 0, slice = 0; slice === 0 || start < k; start += p["kSlice"]!, slice++) {
    multiply(gemm, {
      ...{ m, n, k: Math.min(p["kSlice"]!, k - start), ldc },
      ...{ alpha: p["alpha"]!, beta: p["beta"]! },
      a: {
        values: a!,
        offset: p["aOffset"]! + start * (transA ? lda : 1),
        ld: lda,
        transposed: transA! > 0,
      },
      b: {
        values: b!,
        offset: p["bOffset"]! + start * (transB ? 1 : ldb),
        ld: ldb,
        transposed: transB! > 0,
      },
      c: c.subarray(p["cOffset"]! + slice * p["sliceStride"]!),
    });
  }
  return true;
}

/** The logits of a block of rows, which stay in the cache until they are reduced. */
function linearStatistics(
  gemm: Gemm,
  { x, parameters, statistics }: Readonly<Record<string, Numbers>>,
  p: Named,
): boolean {
  const [rows, d, n, weight, bias] = [p["rows"]!, p["d"]!, p["classes"]!, p["weight"]!, p["bias"]!];
  if (rows * d * n < WORTHWHILE) return false;
  const step = Math.max(1, Math.floor(LOGIT_BLOCK / n));
  for (let first = 0; first < rows; first += step) {
    const count = Math.min(step, rows - first);
    const logits = gemm.scratch(2, count * n);
    multiply(gemm, {
      ...{ m: count, n, k: d, alpha: 1, beta: 0, c: logits, ldc: n },
      a: { values: x!, offset: p["xOffset"]! + first * d, ld: d, transposed: false },
      b: { values: parameters!, offset: weight, ld: d, transposed: true },
    });
    for (let i = 0; i < count; i++) {
      for (let k = 0; k < n; k++) logits[i * n + k]! += parameters![bias + k]!;
      writeStatistics(logits.subarray(i * n, (i + 1) * n), statistics!, first + i);
    }
  }
  return true;
}

function weightedGram(
  gemm: Gemm,
  { x, w, s }: Readonly<Record<string, Numbers>>,
  p: Named,
): boolean {
  const [rows, d, slice] = [p["rows"]!, p["d"]!, p["rowsPerSlice"]!];
  if (!suitsBlas(s!, Math.min(rows, slice), d, d)) return false;
  const step = Math.min(slice, Math.max(16, Math.floor(WEIGHTED_BLOCK / d)));
  for (let z = 0; z * slice < rows; z++) {
    const end = Math.min(rows, (z + 1) * slice);
    for (let first = z * slice; first < end; first += step) {
      const count = Math.min(step, end - first);
      const plain = inDoubles(gemm, 0, x!, p["xOffset"]! + first * d, count, d, d);
      const weights = (w as Float64Array).subarray(
        p["wOffset"]! + first,
        p["wOffset"]! + first + count,
      );
      addSquare(gemm, plain, weights, s.subarray(z * d * d), first === z * slice ? 0 : 1);
    }
  }
  return true;
}

/**
 * The lower triangle of `S = X^T diag(w) X + beta S`, by half of a product where no weight is below
 * 0.
 */
function addSquare(
  gemm: Gemm,
  x: Float64Array,
  weights: Float64Array,
  s: Float64Array,
  beta: number,
): void {
  const k = weights.length;
  const d = x.length / k;
  const positive = weights.every((weight) => weight >= 0);
  const weighted = gemm.scratch(1, x.length);
  for (let i = 0; i < k; i++) {
    const weight = positive ? Math.sqrt(weights[i]!) : weights[i]!;
    for (let at = i * d; at < (i + 1) * d; at++) weighted[at] = weight * x[at]!;
  }
  if (positive) return gemm.square({ n: d, k, beta }, weighted, s);
  const shape = { m: d, n: d, k, lda: d, ldb: d, ldc: d, transA: true, transB: false };
  gemm.run({ ...shape, alpha: 1, beta }, weighted, x, s);
}

/** `W = M^-1 U` and Z of a pick of rank 1, whose factor is a vector for each class. */
function projectPick(
  gemm: Gemm,
  { inverse, middle, pick, wz }: Readonly<Record<string, Numbers>>,
  p: Named,
  { rank, classes }: Named,
): boolean {
  const [D, d, sigma] = [p["D"]!, p["d"]!, p["sigma"]!];
  const doubles = [inverse, middle, pick, wz].every((values) => values instanceof Float64Array);
  if (rank !== 1 || !doubles) return false;
  const [matrices, features] = [[inverse, middle] as Float64Array[], pick as Float64Array];
  const layout = pickLayout(d, classes!, 1);
  const x = features.subarray(layout.features, layout.features + d);
  const sums = gemm.scratch(2, 2 * D);
  for (let k = 0; k < classes!; k++) {
    const shape = { m: D, k: d, transA: false, lda: D, ldb: 1, ldc: 1 };
    const scaled = { ...shape, alpha: features[layout.factor + k]!, beta: k === 0 ? 0 : 1 };
    matrices.forEach((matrix, at) =>
      gemm.vector(scaled, matrix.subarray(k * d), x, sums.subarray(at * D))
    );
  }
  const inner = features[layout.inner]!;
  for (let row = 0; row < D; row++) {
    wz![row] = sums[row]!;
    wz![D + row] = sigma * sums[D + row]! - 0.5 * sums[row]! * inner;
  }
  return true;
}

/** The forms and scores of samples of rank 1; the pick itself is left to the twin. */
function updateForms(
  _gemm: Gemm,
  tensors: Readonly<Record<string, Numbers>>,
  p: Named,
  constants: Named,
): boolean {
  const { rank, samples, scoreOnly } = constants;
  if (rank !== 1) return false;
  const t = tensors as Record<UpdateTensor, Float64Array>;
  const [rows, base] = [p["rows"]!, p["base"]!];
  const pick = scoreOnly ? -1 : t.picks[p["step"]!]! - base;
  const before = Math.max(0, Math.min(rows, pick));
  if (pick >= 0 && pick < rows) updateOne(t, pick, p, constants);
  updateRange(t, p, 0, before, !scoreOnly);
  updateRange(t, p, pick === before ? before + 1 : before, rows, !scoreOnly);
  for (let first = 0; first < rows; first += samples!) {
    let best = PICKED;
    for (let i = first; i < Math.min(rows, first + samples!); i++) {
      best = Math.max(best, t.scores[base + i]!);
    }
    t.scores[p["count"]! + (base + first) / samples!] = best;
  }
  return true;
}

type UpdateTensor = keyof typeof updateScores.bindings;

/** Runs the twin for one sample. */
function updateOne(
  t: Record<UpdateTensor, Float64Array>,
  i: number,
  p: Named,
  constants: Named,
): void {
  const { classes, base } = p as { classes: number; base: number };
  const own = {
    ...t,
    y: t.y.subarray(2 * i * classes),
    probabilities: t.probabilities.subarray(i * classes),
    columns: t.columns.subarray(i),
    weights: t.weights.subarray(i),
    forms: t.forms.subarray(2 * i),
  };
  const params = { ...p, rows: 1, base: base + i } as Parameters<typeof updateScores.cpu>[1];
  updateScores.cpu(own, params, constants as Parameters<typeof updateScores.cpu>[2]);
}

/** Updates a range of samples without the pick, in one loop over plain numbers. */
function updateRange(
  { y, probabilities, columns, weights, forms, scores }: Record<UpdateTensor, Float64Array>,
  p: Named,
  from: number,
  to: number,
  updates: boolean,
): void {
  const [base, classes, sigma] = [p["base"]!, p["classes"]!, p["sigma"]!];
  const removing = sigma < 0;
  for (let i = from; i < to; i++) {
    const old = scores[base + i]!;
    const member = removing || old <= PICKED;
    let g = forms[2 * i]!;
    let h = forms[2 * i + 1]!;
    if (updates) {
      const y0 = 2 * i * classes;
      let meanA = 0;
      let meanZ = 0;
      for (let k = 0; k < classes; k++) {
        const share = probabilities[i * classes + k]!;
        meanA += share * y[y0 + k]!;
        meanZ += share * y[y0 + classes + k]!;
      }
      const own = y0 + columns[i]!;
      const a = weights[i]! * (y[own]! - meanA);
      const z = weights[i]! * (y[own + classes]! - meanZ);
      forms[2 * i] = g -= (member ? -sigma : sigma) * a * a;
      forms[2 * i + 1] = h -= 2 * a * z;
    }
    if (old <= MASKED) continue;
    const c = 1 / Math.max((member ? 0 : 1) + g, LEAST_FORM);
    scores[base + i] = removing ? -h * c : h * c;
  }
}
