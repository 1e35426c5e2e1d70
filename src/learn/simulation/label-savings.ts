/**
 * The number of labels that a strategy saves compared with random selection.
 *
 * @module
 */

import { type Estimate, estimate, type Interval, interval } from "./statistics.ts";

/** A learning curve of one run. */
export interface Curve {
  /** The number of labels at each point, increasing. */
  readonly labels: readonly number[];
  /** The score at each point. */
  readonly scores: readonly number[];
}

/** Two learning curves of the same seed: of a strategy and of random selection. */
export interface CurvePair {
  /** The curve of the strategy. */
  readonly strategy: Curve;
  /** The curve of random selection. */
  readonly random: Curve;
}

/**
 * The numbers of labels that a strategy and random selection need for the same score, over seeds.
 */
export interface LabelSavings {
  /** The target score: that of random selection with all its labels, for each seed. */
  readonly score: Estimate;
  /** The number of labels that random selection needs for the target score. */
  readonly random: Estimate;
  /**
   * The number of labels that the strategy needs for the target score, or all its labels if it does
   * not reach it.
   */
  readonly strategy: Estimate;
  /** The difference, paired over seeds: positive numbers are savings. */
  readonly saved: Interval;
  /**
   * The number of seeds in which the strategy did not reach the score, whose savings are upper
   * bounds.
   */
  readonly unreached: number;
}

/** The number of labels that random selection needs for the score of a strategy. */
export interface RandomLabels extends Interval {
  /** The number of labels of the strategy. */
  readonly labels: number;
  /**
   * The number of seeds in which random selection did not reach the score, whose numbers are lower
   * bounds.
   */
  readonly unreached: number;
}

/**
 * The smallest number of labels with which a curve reaches a score, interpolated linearly between
 * points; undefined if it does not reach it.
 *
 * @param curve the learning curve
 * @param score the target score
 * @param rises whether higher scores are better
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
 * The labels that a strategy saves on the way to the final score of random selection. Both curves
 * count up to the first time that they reach the score, so that chance favors neither.
 *
 * @param pairs two curves for each seed, at least one pair
 * @param rises whether higher scores are better
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
 * The number of labels that random selection needs for the score at each point of the curve of a
 * strategy.
 *
 * @param pairs two curves for each seed, at least one pair
 * @param rises whether higher scores are better
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
