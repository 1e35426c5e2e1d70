/**
 * What strategies are told and what they answer.
 *
 * @module
 */

import type { RecordingOptions } from "../device/recording.ts";
import type { Fisher } from "./bait/fisher/factors.ts";
import type { Predictor } from "../pool/predictions.ts";
import type { BaitChoices, BaitSelection, Weighting } from "./bait/run-bait.ts";

/** Tells the class of a sample, from 0: a person who is asked at once, or known labels in a simulation. */
export type Oracle = (index: number) => number | Promise<number>;

/** The options that one strategy or a few of them read; the others ignore them. */
export interface StrategyChoices extends BaitChoices {
  /**
   * Choose from this many candidates, a uniform random subset, and leave the others out of the pool
   * altogether. Default all.
   */
  readonly candidates?: number | undefined;
  /**
   * Split the candidates at random into this many parts, share the budget among them and choose in each
   * as if it were the pool: k parts make a cost of n^2 k times smaller. Default 1.
   */
  readonly partitions?: number | undefined;
  /** `base`: start with class `(round * budget) mod K`, so that rounds share the shortage. Default false. */
  readonly rotate?: boolean | undefined;
  /** `base` with `rotate`: how many batches were chosen before. Default 0. */
  readonly round?: number | undefined;
  /** `badge`: the labeled samples count as picks. Default false. */
  readonly includeLabeled?: boolean | undefined;
  /** `falcun`: take the best instead of drawing in proportion to its power. Default false. */
  readonly deterministic?: boolean | undefined;
  /**
   * `falcun`: samples are drawn with probability `state^gamma`, default 10. Herding: the similarity is
   * `exp(-gamma |x - y|^2)`, default 1.
   */
  readonly gamma?: number | undefined;
  /** `uncertainty-herding`: the logits are divided by this before uncertainty is taken. Default 1. */
  readonly temperature?: number | undefined;
  /**
   * `prob-cover`: the radius of the balls, in units of the features. Default: the largest of which 95 % of the
   * balls hold samples of one k-means cluster only.
   */
  readonly delta?: number | undefined;
  /**
   * `cluster-margin`: how many clusters k-means makes of the pool, at most as many as there are samples. Default
   * one for 10 samples, at most 500.
   */
  readonly clusters?: number | undefined;
  /**
   * How many members are made of one head by dropout of features; a whole number, 2 or more. Where this or
   * `dropout` is given, every strategy that reads probabilities alone sees the mean of the members. Default
   * 10 for `bald`, `variation-ratio` and `batch-bald`, and none otherwise.
   */
  readonly members?: number | undefined;
  /** The share of features that each member loses, above 0 and below 1. Default 0.5. */
  readonly dropout?: number | undefined;
}

/** What a strategy may be told. */
export interface StrategyOptions extends StrategyChoices, RecordingOptions {
  /** B, how many samples to choose: a whole number from 1 to the number of unlabeled samples. */
  readonly budget: number;
  /** Indices of the labeled samples, each once. Default none. */
  readonly labeled?: ArrayLike<number> | undefined;
  /** The classes of the labeled samples, in the order of `labeled`. */
  readonly labels?: ArrayLike<number> | undefined;
  /**
   * Indices of samples that must not be chosen although they have no label, such as those that a person
   * could not tell. They still belong to the pool. Default none.
   */
  readonly excluded?: ArrayLike<number> | undefined;
  /** The head: class probabilities, and what else the strategy needs of it. */
  readonly predictor?: Predictor | undefined;
  /**
   * An ensemble: at least two heads with the same classes. Strategies that read probabilities alone see the
   * mean of theirs, and `bald`, `variation-ratio` and `batch-bald` see them all.
   */
  readonly memberPredictors?: readonly Predictor[] | undefined;
  /** Tells the class of a sample that was chosen; for strategies that need each label at once. */
  readonly oracle?: Oracle | undefined;
  /** Of everything random. Default 0. */
  readonly seed?: number | undefined;
}

/** What BAIT reports besides the picks. */
export interface BaitReport extends Omit<BaitSelection, "picks"> {
  /** The Fisher form that was used. */
  readonly fisher: Fisher;
  /** c, for fisher `exp`. */
  readonly topClasses?: number;
  /** The weighting that was used. */
  readonly weighting: Weighting;
}

/** What a strategy chose. */
export interface Selection {
  /** Indices of the chosen samples, in the order in which they were picked. */
  readonly picks: number[];
  /** For scoring strategies: the score of each pick. */
  readonly scores?: number[];
  /** For `bait`, unless it ran in several partitions. */
  readonly bait?: BaitReport;
}
