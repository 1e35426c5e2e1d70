/**
 * When to stop labeling: small rules over what a learner has seen, to be combined with
 * {@linkcode anyOf} and {@linkcode allOf}. Any function of the same form is a rule too.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import type { RoundMeasures } from "./history.ts";

/** One round, as a stopping rule sees it. */
export interface RoundProgress extends RoundMeasures {
  /** Which one, from 1 on; 0 stands first if the learner was evaluated before its first suggestion. */
  readonly round: number;
  /** The last evaluation before the next round, by the measures' names. */
  readonly metrics?: Readonly<Record<string, number>>;
}

/** What a stopping rule sees. */
export interface LearnerProgress {
  /** How many samples are labeled. */
  readonly labels: number;
  /** How many could still be suggested. */
  readonly candidates: number;
  /** What was measured in each round. */
  readonly rounds: readonly RoundProgress[];
}

/** Why to stop. */
export interface StopReason {
  /** The name of the rule, or of several, as in `labelBudget and targetMetric`. */
  readonly rule: string;
  /** A sentence for people, such as "100 of 100 labels are given". */
  readonly message: string;
}

/** Says whether to stop, and why. */
export type StoppingRule = (progress: LearnerProgress) => StopReason | undefined;

/**
 * Stops when any of the rules does; the first one that does gives the reason.
 *
 * @param rules at least one
 */
export function anyOf(...rules: readonly StoppingRule[]): StoppingRule {
  checkSome(rules);
  return (progress) => {
    for (const rule of rules) {
      const reason = rule(progress);
      if (reason) return reason;
    }
    return undefined;
  };
}

/**
 * Stops when all of the rules do, at the same time.
 *
 * @param rules at least one
 */
export function allOf(...rules: readonly StoppingRule[]): StoppingRule {
  checkSome(rules);
  return (progress) => {
    const reasons: StopReason[] = [];
    for (const rule of rules) {
      const reason = rule(progress);
      if (!reason) return undefined;
      reasons.push(reason);
    }
    return {
      rule: reasons.map(({ rule }) => rule).join(" and "),
      message: reasons.map(({ message }) => message).join(", and "),
    };
  };
}

/**
 * Stops when so many samples are labeled, or none is left that could be suggested.
 *
 * @param labels a whole number from 1 on
 * @throws {InputError} if it is not
 */
export function labelBudget(labels: number): StoppingRule {
  checkCount("labels", labels);
  return (progress) => {
    if (progress.labels >= labels) {
      return { rule: "labelBudget", message: `${progress.labels} of ${labels} labels are given` };
    }
    if (progress.candidates > 0) return undefined;
    return { rule: "labelBudget", message: "No sample of the pool is left to suggest" };
  };
}

/**
 * Stops when a measure of `evaluate` is good enough.
 *
 * @param metric its name, such as `accuracy`
 * @param target what it must reach
 * @param options whether lower is better (default false, but true for `negativeLogLikelihood`,
 * `brierScore` and `calibrationError`), and in how many successive evaluated rounds it must be reached
 * (default 1)
 * @throws {InputError} if the target is not finite or `rounds` is not a whole number from 1 on
 */
export function targetMetric(
  metric: string,
  target: number,
  options: { lower?: boolean | undefined; rounds?: number | undefined } = {},
): StoppingRule {
  const { lower = isLoss(metric), rounds = 1 } = options;
  checkFinite("target", target);
  checkCount("rounds", rounds);
  return ({ rounds: all }) => {
    const last = valuesOf(all, metric).slice(-rounds);
    const reached = last.every((value) => lower ? value <= target : value >= target);
    if (last.length < rounds || !reached) return undefined;
    const message = `${metric} is ${format(last.at(-1)!)}, and ${target} was asked for`;
    return { rule: "targetMetric", message };
  };
}

/**
 * Stops when more labels no longer change the predictions: Cohen's kappa of successive heads on the
 * watched samples, averaged over the last `window` pairs, is at least `threshold` (Bloodgood &
 * Vijay-Shanker 2009, "A Method for Stopping Active Learning Based on Stabilizing Predictions and the Need
 * for User-Adjustable Stopping", section 3; 0.99 over 3 is their choice). A lower threshold stops earlier.
 *
 * @param options the threshold, above 0 and at most 1, and the window. Default 0.99 and 3
 * @throws {InputError} if one is out of its range
 */
export function stablePredictions(
  options: { threshold?: number | undefined; window?: number | undefined } = {},
): StoppingRule {
  const { threshold = 0.99, window = 3 } = options;
  checkShare("threshold", threshold);
  checkCount("window", window);
  return ({ rounds }) => {
    const last = valuesOf(rounds, "agreement").slice(-window);
    const mean = last.reduce((sum, value) => sum + value, 0) / last.length;
    if (last.length < window || !(mean >= threshold)) return undefined;
    const message = `The last ${window} heads agree with those before them: mean kappa ` +
      `${format(mean)} of ${threshold}`;
    return { rule: "stablePredictions", message };
  };
}

/**
 * Stops when the head is certain about the pool: the mean entropy of its predictions for the watched
 * samples that are not labeled, divided by ln K, is at most `threshold` (overall uncertainty; Zhu, Wang
 * & Hovy 2008, "Multi-Criteria-Based Strategy to Stop Active Learning for Data Annotation", COLING).
 * Heads that are too sure of themselves stop it too early.
 *
 * @param options the threshold, above 0 and at most 1. Default 0.05
 * @throws {InputError} if it is out of its range
 */
export function lowUncertainty(options: { threshold?: number | undefined } = {}): StoppingRule {
  const { threshold = 0.05 } = options;
  checkShare("threshold", threshold);
  return ({ rounds }) => {
    const uncertainty = rounds.at(-1)?.uncertainty;
    if (uncertainty === undefined || uncertainty > threshold) return undefined;
    const message = `The overall uncertainty is ${
      format(uncertainty)
    }, and ${threshold} is low enough`;
    return { rule: "lowUncertainty", message };
  };
}

/**
 * Stops when a value has not become better for some rounds: none of the last `rounds` improved on the
 * best value before them by more than `minimum` (patience, as in early stopping: Prechelt 1998, "Early
 * Stopping - But When?").
 *
 * @param options what is looked at: `objective`, BAIT's objective of each batch (the default), or a
 * measure of `evaluate`; whether lower is better (by default as for {@linkcode targetMetric}, and true for
 * the objective); how many rounds (default 3); and how large an improvement must be, as a share of
 * the best value (default 0.01)
 * @throws {InputError} if one is out of its range
 */
export function noImprovement(
  options: {
    of?: string | undefined;
    lower?: boolean | undefined;
    rounds?: number | undefined;
    minimum?: number | undefined;
  } = {},
): StoppingRule {
  const { of = "objective", rounds = 3, minimum = 0.01 } = options;
  const { lower = of === "objective" || isLoss(of) } = options;
  checkCount("rounds", rounds);
  if (!(minimum >= 0 && minimum < Infinity)) {
    throw new InputError(`Cannot stop with minimum ${minimum}: it must be 0 or positive`);
  }
  const sign = lower ? -1 : 1;
  return ({ rounds: all }) => {
    const values = valuesOf(all, of);
    if (values.length <= rounds) return undefined;
    const before = Math.max(...values.slice(0, -rounds).map((value) => sign * value));
    const best = Math.max(...values.slice(-rounds).map((value) => sign * value));
    if (best - before > minimum * Math.abs(before)) return undefined;
    const message = `${of} has not improved on ${format(sign * before)} for ${rounds} rounds`;
    return { rule: "noImprovement", message };
  };
}

/** The values of one measure in the rounds that have it. */
function valuesOf(rounds: readonly RoundProgress[], name: string): number[] {
  return rounds.flatMap((round) => {
    const own = name === "agreement" || name === "objective" ? round[name] : round.metrics?.[name];
    return own === undefined ? [] : [own];
  });
}

/** Whether less of a measure of `evaluate` is better. */
function isLoss(metric: string): boolean {
  return ["negativeLogLikelihood", "brierScore", "calibrationError"].includes(metric);
}

function format(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function checkSome(rules: readonly StoppingRule[]): void {
  if (rules.length === 0) throw new InputError("Cannot combine no stopping rules: give at least 1");
}

function checkCount(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new InputError(`Cannot stop with ${name} ${value}: it must be a whole number from 1 on`);
}

function checkFinite(name: string, value: number): void {
  if (!Number.isFinite(value)) {
    throw new InputError(`Cannot stop with ${name} ${value}: it must be finite`);
  }
}

function checkShare(name: string, value: number): void {
  if (value > 0 && value <= 1) return;
  throw new InputError(`Cannot stop with ${name} ${value}: it must be above 0 and at most 1`);
}
