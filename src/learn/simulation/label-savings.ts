/**
 * How many labels a strategy saves: the usual way to say what active learning is worth.
 *
 * @module
 */

import { type Estimate, estimate, type Interval, interval } from "./statistics.ts";

/** A curve of one run. */
export interface Curve {
  /** How many labels there were at each point, increasing. */
  readonly labels: readonly number[];
  /** The score at each point. */
  readonly scores: readonly number[];
}

/** Two curves of the same seed: one with the strategy, one with random choice. */
export interface CurvePair {
  /** The strategy's. */
  readonly strategy: Curve;
  /** Random choice's. */
  readonly random: Curve;
}

/** The labels that a strategy and random choice need for the same score, over seeds. */
export interface LabelSavings {
  /** The score that both are to reach: what random choice has with all its labels, seed by seed. */
  readonly score: Estimate;
  /** The labels that random choice needs for it. */
  readonly random: Estimate;
  /** The labels that the strategy needs for it; where it never does, all its labels count. */
  readonly strategy: Estimate;
  /** The difference, paired over seeds: positive is a saving. */
  readonly saved: Interval;
  /** In how many seeds the strategy never reached the score: the saving is then an upper bound. */
  readonly unreached: number;
}

/** The labels that random choice needs for what a strategy reaches with so many. */
export interface RandomLabels extends Interval {
  /** How many labels the strategy has. */
  readonly labels: number;
  /** In how many seeds random choice never gets there: its number is then a lower bound. */
  readonly unreached: number;
}

/**
 * The fewest labels with which a curve reaches a score, between its points by a straight line;
 * undefined where it never does.
 *
 * @param curve the curve
 * @param score what it is to reach
 * @param rises whether more is better
 */
export function labelsToReach(curve: Curve, score: number, rises = true): number | undefined {
  const { labels, scores } = curve;
  const gap = (at: number) => rises ? scores[at]! - score : score - scores[at]!;
  const at = scores.findIndex((_, point) => gap(point) >= 0);
  if (at < 0) return undefined;
  if (at === 0) return labels[0];
  const [before, after] = [gap(at - 1), gap(at)];
  return labels[at - 1]! + (labels[at]! - labels[at - 1]!) * before / (before - after);
}

/**
 * What a strategy saves on the way to the score that random choice ends with. Both curves count
 * from the first time they get there, so that chance favors neither.
 *
 * @param pairs two curves for each seed, at least one
 * @param rises whether more is better
 */
export function labelSavings(pairs: readonly CurvePair[], rises = true): LabelSavings {
  const targets = pairs.map(({ random }) => random.scores.at(-1)!);
  const reach = (kind: keyof CurvePair) =>
    pairs.map((pair, at) => labelsToReach(pair[kind], targets[at]!, rises));
  const random = reach("random").map((found) => found!);
  const reached = reach("strategy");
  const strategy = reached.map((found, at) => found ?? pairs[at]!.strategy.labels.at(-1)!);
  return {
    score: estimate(targets),
    random: estimate(random),
    strategy: estimate(strategy),
    saved: interval(random.map((needed, at) => needed - strategy[at]!)),
    unreached: reached.filter((found) => found === undefined).length,
  };
}

/**
 * For each point of a strategy's curve, the labels that random choice needs to get there.
 *
 * @param pairs two curves for each seed, at least one
 * @param rises whether more is better
 */
export function randomLabels(pairs: readonly CurvePair[], rises = true): RandomLabels[] {
  return pairs[0]!.strategy.labels.map((labels, point) => {
    const found = pairs.map(({ strategy, random }) =>
      labelsToReach(random, strategy.scores[point]!, rises)
    );
    const needed = found.map((value, at) => value ?? pairs[at]!.random.labels.at(-1)!);
    const unreached = found.filter((value) => value === undefined).length;
    return { labels, ...interval(needed), unreached };
  });
}
