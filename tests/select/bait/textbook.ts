/**
 * BAIT as a textbook writes it, in float64: V is formed, and for every candidate at every pick M is
 * updated, inverted and the trace taken. Nothing is shared with src/.
 */

import type { Fisher, Weighting } from "../../../src/select/strategy/bait-report.ts";
import { literalA, literalInformation, literalV, type Matrix } from "./fisher/literal.ts";
import { inverse, product, transpose } from "../../linalg/plain.ts";

/** A small selection. */
export interface Problem {
  /** Rows of d. */
  readonly features: readonly (readonly number[])[];
  /** Rows of K; `regression` does not look at them. */
  readonly logits: readonly (readonly number[])[];
  readonly labeled: readonly number[];
  readonly fisher: Fisher;
  readonly topClasses: number;
  readonly weighting: Weighting;
  readonly lambda: number | "auto";
  readonly budget: number;
  readonly oversample: number;
  /** Whether information matrices are their diagonals. Default false. */
  readonly diagonal?: boolean;
}

/** What comes out. */
export interface Answer {
  readonly picks: number[];
  readonly forward: number[];
  readonly forwardScores: number[];
  readonly objective: number;
  readonly lambda: number;
}

/** Solves a problem. */
export function textbookBait(problem: Problem): Answer {
  const { features, labeled, budget, oversample } = problem;
  const { factors, start, information, lambda } = setUp(problem);
  const D = factors[0]!.rows;
  const added = problem.diagonal
    ? (m: Float64Array, v: Matrix, sign: number) => diagonalOf(changed(m, v, sign), D)
    : changed;
  const objectiveOf = (m: Float64Array) => trace(product(inverse(m, D), information, D, D, D), D);
  const candidates = features.keys().filter((i) => !labeled.includes(i)).toArray();
  const steps = Math.min(Math.ceil(oversample * budget), candidates.length);

  let m: Float64Array = start;
  let objective = objectiveOf(m);
  const forward: number[] = [];
  const forwardScores: number[] = [];
  for (let step = 0; step < steps; step++) {
    const open = candidates.filter((i) => !forward.includes(i));
    const best = lowest(open, (i) => objectiveOf(added(m, factors[i]!, 1)));
    m = added(m, factors[best.index]!, 1);
    forward.push(best.index);
    forwardScores.push(objective - best.value);
    objective = best.value;
  }
  const picks = forward.slice();
  while (picks.length > budget) {
    const members = picks.toSorted((a, b) => a - b);
    const best = lowest(members, (i) => objectiveOf(added(m, factors[i]!, -1)));
    m = added(m, factors[best.index]!, -1);
    picks.splice(picks.indexOf(best.index), 1);
    objective = best.value;
  }
  return { picks, forward, forwardScores, objective, lambda };
}

/** `trace(M_S^-1 F)` of a batch. */
export function textbookObjective(problem: Problem, batch: readonly number[]): number {
  const { factors, start, information } = setUp(problem);
  const D = factors[0]!.rows;
  const m = batch.reduce<Float64Array>((sum, i) => changed(sum, factors[i]!, 1), start);
  return trace(product(inverse(m, D), information, D, D, D), D);
}

/** V of every candidate, M before the first pick, F and lambda. */
function setUp({ features, logits, fisher, topClasses, weighting, ...rest }: Problem) {
  const { labeled, budget, lambda: asked } = rest;
  const n = labeled.length;
  const factorOf = (i: number, scale = 1) =>
    literalV(features[i]!, literalA(fisher, softmax(logits[i]!), topClasses, scale));
  const all = features.map((_, i) => factorOf(i));
  const D = all[0]!.rows;
  const information = literalInformation(all).map((value) => value / all.length);
  const lambda = asked === "auto" ? 0.3 * trace(information, D) / D || 1 : asked;
  const start = new Float64Array(D * D);
  for (let i = 0; i < D; i++) start[i * (D + 1)] = lambda;
  if (n > 0) {
    const weight = { reference: 1 / (n + budget), sum: 1, paper: 1 / n }[weighting];
    literalInformation(labeled.map((i) => all[i]!)).forEach((value, e) => {
      start[e]! += weight * value;
    });
  }
  const scale = weighting === "reference" ? Math.sqrt(budget / (n + budget)) : 1;
  const factors = features.map((_, i) => factorOf(i, scale));
  if (!rest.diagonal) return { factors, start, information, lambda };
  return { factors, start: diagonalOf(start, D), information: diagonalOf(information, D), lambda };
}

/** A matrix without what is off its diagonal. */
function diagonalOf(matrix: Float64Array, D: number): Float64Array {
  return matrix.map((value, e) => e % (D + 1) === 0 ? value : 0);
}

function softmax(logits: readonly number[]): number[] {
  const exponentials = logits.map(Math.exp);
  const sum = exponentials.reduce((a, b) => a + b);
  return exponentials.map((value) => value / sum);
}

/** `M + sign V V^T`. */
function changed(m: Float64Array, { rows, columns, values }: Matrix, sign: number): Float64Array {
  const square = product(values, transpose(values, rows, columns), rows, rows, columns);
  return m.map((value, e) => value + sign * square[e]!);
}

function trace(matrix: Float64Array, D: number): number {
  let sum = 0;
  for (let i = 0; i < D; i++) sum += matrix[i * (D + 1)]!;
  return sum;
}

/** The first of the indices with the lowest value. */
function lowest(
  indices: readonly number[],
  valueOf: (index: number) => number,
): { index: number; value: number } {
  return indices.map((index) => ({ index, value: valueOf(index) }))
    .reduce((best, next) => next.value < best.value ? next : best);
}
