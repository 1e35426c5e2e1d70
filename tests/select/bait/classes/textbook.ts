/**
 * BAIT with class blocks as its definition says, in float64: for every candidate at every pick each
 * M_k is updated and inverted, and the traces are taken. Nothing is shared with src/.
 */

import type { Weighting } from "../../../../src/select/strategy/bait-report.ts";
import { inverse, product } from "../../../linalg/plain.ts";

/** A small selection. */
export interface ClassProblem {
  /** Rows of d. */
  readonly features: readonly (readonly number[])[];
  /** Rows of K probabilities, of any sums. */
  readonly probabilities: readonly (readonly number[])[];
  readonly labeled: readonly number[];
  readonly topClasses: number;
  readonly weighting: Weighting;
  readonly lambda: number | "auto";
  readonly budget: number;
  readonly oversample: number;
}

/** What comes out. */
export interface ClassAnswer {
  readonly picks: number[];
  readonly forward: number[];
  readonly forwardScores: number[];
  readonly objective: number;
  readonly lambda: number;
  /** The objective before the first pick. */
  readonly start: number;
}

/** Solves a problem. */
export function textbookClasses(problem: ClassProblem): ClassAnswer {
  const { features, labeled, budget, oversample } = problem;
  const blocks = setUp(problem);
  const { objectiveOf, lambda } = blocks;
  const candidates = features.keys().filter((i) => !labeled.includes(i)).toArray();
  const steps = Math.min(Math.ceil(oversample * budget), candidates.length);
  const start = objectiveOf([]);
  let objective = start;
  const forward: number[] = [];
  const forwardScores: number[] = [];
  for (let step = 0; step < steps; step++) {
    const open = candidates.filter((i) => !forward.includes(i));
    const best = lowest(open, (i) => objectiveOf([...forward, i]));
    forward.push(best.index);
    forwardScores.push(objective - best.value);
    objective = best.value;
  }
  const picks = forward.slice();
  while (picks.length > budget) {
    const members = picks.toSorted((a, b) => a - b);
    const without = (i: number) => picks.filter((other) => other !== i);
    const best = lowest(members, (i) => objectiveOf(without(i)));
    picks.splice(picks.indexOf(best.index), 1);
    objective = best.value;
  }
  return { picks, forward, forwardScores, objective, lambda, start };
}

/** `sum_k trace(M_k^-1 F_k)` of a batch. */
export function textbookClassObjective(problem: ClassProblem, batch: readonly number[]): number {
  return setUp(problem).objectiveOf(batch);
}

function setUp(problem: ClassProblem) {
  const { features, probabilities, labeled, topClasses, weighting, budget, lambda: asked } =
    problem;
  const [n, d, classes] = [features.length, features[0]!.length, probabilities[0]!.length];
  const weights = probabilities.map((row) => variances(row, topClasses));
  const sumOf = (samples: readonly number[], k: number, share: number, to: Float64Array) => {
    for (const i of samples) {
      for (let a = 0; a < d; a++) {
        for (let b = 0; b < d; b++) {
          to[a * d + b]! += share * weights[i]![k]! * features[i]![a]! * features[i]![b]!;
        }
      }
    }
    return to;
  };
  const all = [...features.keys()];
  const range = Array.from({ length: classes }, (_, k) => k);
  const information = range.map((k) => sumOf(all, k, 1 / n, new Float64Array(d * d)));
  const total = information.reduce((sum, block) => sum + trace(block, d), 0);
  const lambda = asked === "auto" ? 0.3 * total / (classes * d) || 1 : asked;
  const count = labeled.length;
  const known = { reference: 1 / (count + budget), sum: 1, paper: 1 / count }[weighting];
  const share = weighting === "reference" ? budget / (count + budget) : 1;
  const start = range.map((k) => {
    const block = new Float64Array(d * d);
    for (let a = 0; a < d; a++) block[a * (d + 1)] = lambda;
    return count > 0 ? sumOf(labeled, k, known, block) : block;
  });
  const objectiveOf = (batch: readonly number[]) =>
    range.reduce((sum, k) => {
      const m = sumOf(batch, k, share, start[k]!.slice());
      return sum + trace(product(inverse(m, d), information[k]!, d, d, d), d);
    }, 0);
  return { objectiveOf, lambda };
}

/** `p (1 - p)` of the most probable classes, 0 for the others. */
function variances(row: readonly number[], topClasses: number): number[] {
  const order = row.map((_, k) => k).sort((a, b) => row[b]! - row[a]! || a - b);
  const kept = new Set(order.slice(0, topClasses || row.length));
  return row.map((p, k) => kept.has(k) ? p * (1 - p) : 0);
}

function trace(matrix: Float64Array, d: number): number {
  let sum = 0;
  for (let i = 0; i < d; i++) sum += matrix[i * (d + 1)]!;
  return sum;
}

/** The first of the indices with the lowest value. */
function lowest(indices: readonly number[], valueOf: (index: number) => number) {
  return indices.map((index) => ({ index, value: valueOf(index) }))
    .reduce((best, next) => next.value < best.value ? next : best);
}
