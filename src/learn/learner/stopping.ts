/**
 * Stopping rules: small functions that decide from the progress of a learner when to stop labeling.
 * {@linkcode anyOf} and {@linkcode allOf} combine them, and any function of the type {@linkcode
 * StoppingRule} is a rule.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import type { RoundMeasures } from "./history.ts";

/** The measurements of one round. */
export interface RoundProgress extends RoundMeasures {
  /**
   * The number of the round, counted from 1; 0 if the learner was evaluated before its first
   * suggestion.
   */
  readonly round: number;
  /** The metrics of the last evaluation before the next round, by name. */
  readonly metrics?: Readonly<Record<string, number>>;
}

/** The progress of a learner, the input of stopping rules. */
export interface LearnerProgress {
  /** The number of labeled samples. */
  readonly labels: number;
  /** The number of samples that can still be suggested. */
  readonly candidates: number;
  /** The measurements of each round, in order. */
  readonly rounds: readonly RoundProgress[];
}

/** The reason to stop. */
export interface StopReason {
  /** The name of the rule, or of several, such as `labelBudget and targetMetric`. */
  readonly rule: string;
  /** A sentence for users, such as "100 of 100 labels are given". */
  readonly message: string;
}

/**
 * A function that returns the reason to stop, or undefined to go on.
 *
 * @example Stop after four labels, or when the test accuracy reaches 95 %
 * ```ts
 * import { anyOf, labelBudget, type StoppingRule, targetMetric } from "@creel/creel";
 * import assert from "node:assert/strict";
 *
 * const rule: StoppingRule = anyOf(labelBudget(4), targetMetric("accuracy", 0.95));
 * const round = { round: 1, labels: 2, metrics: { accuracy: 0.96 } };
 * assert.equal(rule({ labels: 2, candidates: 8, rounds: [] }), undefined);
 * assert.equal(rule({ labels: 2, candidates: 8, rounds: [round] })!.rule, "targetMetric");
 * assert.equal(rule({ labels: 4, candidates: 6, rounds: [] })!.rule, "labelBudget");
 * ```
 */
export type StoppingRule = (progress: LearnerProgress) => StopReason | undefined;

/**
 * Combines rules into one that stops when any of them does; the first one that does gives the
 * reason.
 *
 * @param rules the rules, at least one
 * @throws {InputError} if there are no rules
 *
 * @example The first reason counts
 * ```ts
 * import { anyOf, labelBudget } from "@creel/creel";
 * import assert from "node:assert/strict";
 *
 * const rule = anyOf(labelBudget(9), labelBudget(5));
 * assert.equal(rule({ labels: 6, candidates: 4, rounds: [] })!.message, "6 of 5 labels are given");
 * ```
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
 * Combines rules into one that stops when all of them do at the same time.
 *
 * @param rules the rules, at least one
 * @throws {InputError} if there are no rules
 *
 * @example Not before 5 labels
 * ```ts
 * import { allOf, labelBudget, targetMetric } from "@creel/creel";
 * import assert from "node:assert/strict";
 *
 * const rule = allOf(labelBudget(5), targetMetric("accuracy", 0.9));
 * const rounds = [{ round: 1, labels: 4, metrics: { accuracy: 0.95 } }];
 * assert.equal(rule({ labels: 4, candidates: 6, rounds }), undefined);
 * assert.ok(rule({ labels: 5, candidates: 5, rounds }));
 * ```
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
 * Stops when a number of samples is labeled, or when no sample is left to suggest.
 *
 * @param labels the number of labels, 1 or more
 * @throws {InputError} if `labels` is not a whole number from 1
 *
 * @example Stop after five labels
 * ```ts
 * import { labelBudget } from "@creel/creel";
 * import assert from "node:assert/strict";
 *
 * assert.equal(labelBudget(5)({ labels: 4, candidates: 6, rounds: [] }), undefined);
 * assert.ok(labelBudget(5)({ labels: 5, candidates: 5, rounds: [] }));
 * ```
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
 * Stops when a metric of {@linkcode ActiveLearner.evaluate} reaches a target.
 *
 * @param metric the name of the metric, such as `accuracy`
 * @param target the value to reach
 * @param options `lower`: whether lower values are better (default: true for
 * `negativeLogLikelihood`, `brierScore` and `calibrationError`, else false). `rounds`: in how many
 * successive evaluated rounds the target must be reached (default: 1)
 * @throws {InputError} if `target` is not finite or `rounds` is not a whole number from 1
 *
 * @example Stop when the Brier score, a loss, is low enough
 * ```ts
 * import { targetMetric } from "@creel/creel";
 * import assert from "node:assert/strict";
 *
 * const rounds = [{ round: 1, labels: 4, metrics: { brierScore: 0.08 } }];
 * assert.ok(targetMetric("brierScore", 0.1)({ labels: 4, candidates: 6, rounds }));
 * ```
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
 * Stops when more labels no longer change the predictions: Cohen's kappa between successive heads
 * on the watched samples, averaged over the last `window` pairs of heads, is at least `threshold`
 * (Bloodgood & Vijay-Shanker 2009, "A Method for Stopping Active Learning Based on Stabilizing
 * Predictions and the Need for User-Adjustable Stopping", section 3, which uses 0.99 and 3). A
 * lower threshold stops earlier.
 *
 * @param options `threshold`: above 0 and at most 1 (default: 0.99). `window`: a whole number from
 * 1 (default: 3)
 * @throws {InputError} if an option is out of its range
 *
 * @example Stop when two successive pairs of heads agree
 * ```ts
 * import { stablePredictions } from "@creel/creel";
 * import assert from "node:assert/strict";
 *
 * const rounds = [0.5, 0.98, 0.99].map((agreement, i) => ({ round: i + 2, labels: 4, agreement }));
 * const rule = stablePredictions({ threshold: 0.98, window: 2 });
 * assert.ok(rule({ labels: 4, candidates: 6, rounds }));
 * ```
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
 * Stops when the head is certain about the pool: the mean entropy of its predictions for the
 * watched samples that are not labeled, divided by ln K, is at most `threshold` (overall
 * uncertainty; Zhu, Wang & Hovy 2008, "Multi-Criteria-Based Strategy to Stop Active Learning for
 * Data Annotation", COLING). Overconfident heads stop it too early.
 *
 * @param options `threshold`: above 0 and at most 1 (default: 0.05)
 * @throws {InputError} if the threshold is out of its range
 *
 * @example Stop when the head is certain
 * ```ts
 * import { lowUncertainty } from "@creel/creel";
 * import assert from "node:assert/strict";
 *
 * const rounds = [{ round: 1, labels: 4, uncertainty: 0.04 }];
 * assert.ok(lowUncertainty()({ labels: 4, candidates: 6, rounds }));
 * ```
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
 * Stops when a value has not improved for some rounds: none of the last `rounds` values improves on
 * the best value before them by more than `minimum` (patience, as in early stopping: Prechelt 1998,
 * "Early Stopping - But When?").
 *
 * @param options `of`: the value, either `objective`, the objective of BAIT for each batch (the
 * default), or the name of a metric of {@linkcode ActiveLearner.evaluate}. `lower`: whether lower
 * values are better (default: true for the objective, otherwise as for {@linkcode targetMetric}).
 * `rounds`: the number of rounds (default: 3). `minimum`: the smallest improvement that counts,
 * relative to the best value (default: 0.01)
 * @throws {InputError} if an option is out of its range
 *
 * @example Stop after a round without a lower objective
 * ```ts
 * import { noImprovement } from "@creel/creel";
 * import assert from "node:assert/strict";
 *
 * const rounds = [2, 3].map((objective, i) => ({ round: i + 1, labels: 4, objective }));
 * assert.ok(noImprovement({ rounds: 1 })({ labels: 4, candidates: 6, rounds }));
 * ```
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

/** The values of one measurement in the rounds that have it. */
function valuesOf(rounds: readonly RoundProgress[], name: string): number[] {
  return rounds.flatMap((round) => {
    const own = name === "agreement" || name === "objective" ? round[name] : round.metrics?.[name];
    return own === undefined ? [] : [own];
  });
}

/** Whether lower values of a metric of `evaluate` are better. */
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
