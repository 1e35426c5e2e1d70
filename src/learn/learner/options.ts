/**
 * What an active learner is told, and what it answers.
 *
 * @module
 */

import type { RecordingOptions } from "../../device/recording.ts";
import type { Head } from "../../head/head.ts";
import type { Labeled } from "../../head/labeled.ts";
import type { Pool } from "../../pool/pool.ts";
import type { Predictor } from "../../pool/predictions.ts";
import type { StrategyLike } from "../../select/run-strategy.ts";
import type { Oracle } from "../../select/strategy/request.ts";
import type { SelectedBatch } from "../../select/strategy/selection.ts";
import type { RoundMeasures } from "./history.ts";

/** How batches are chosen while there is no head, that is with labels of less than two classes. */
export type ColdStart = "random" | "typiclust" | "balanced";

/** The names of the cold starts. */
export const COLD_STARTS: readonly ColdStart[] = ["random", "typiclust", "balanced"];

/** What a trainer is told. */
export interface TrainerOptions extends RecordingOptions {
  /** K, if the learner knows it; otherwise the largest label plus 1. */
  readonly classes: number | undefined;
  /** Of everything random. */
  readonly seed: number;
}

/** What a learner asks of a head: that it predicts, and can be disposed of. */
export type LearnerHead = Predictor & Disposable;

/**
 * Trains a head. What it returns predicts from the features of a segment alone, of any pool as wide as
 * this one: also of test pools and of parts of the pool. The learner disposes of it. For each head of
 * an ensemble the pool is one of the samples that were drawn, which is gone when the head is trained.
 */
export type Trainer<H extends LearnerHead = LearnerHead> = (
  pool: Pool,
  labeled: Labeled,
  options: TrainerOptions,
) => Promise<H>;

/** What an active learner is told. Functions are not saved; everything else is. */
export interface LearnerOptions<H extends LearnerHead = Head> {
  /**
   * What chooses the batches: a strategy such as `falcun({ gamma: 3 })`, or a name. Its name and
   * its options are saved; to load a learner with a strategy that does not come with Creel, give
   * that strategy again. Default `bait`.
   */
  readonly strategy?: StrategyLike | undefined;
  /**
   * What chooses them with labels of less than two classes, if the strategy needs a head, or with none, if it
   * needs labels: `random`
   * (the default); `typiclust`, k-means clusters and the densest sample of each; `balanced`, equally many
   * of each class, which needs `oracle` and `classes`.
   */
  readonly coldStart?: ColdStart | undefined;
  /** Tells classes to the cold start `balanced` and to strategies that need each label at once. */
  readonly oracle?: Oracle | undefined;
  /** K, or the names of the classes. Default: labels may be any whole number from 0 on. */
  readonly classes?: number | readonly string[] | undefined;
  /** Trains the heads. Default `trainHead`: a linear head with C = 1. */
  readonly trainer?: Trainer<H> | undefined;
  /**
   * How many heads the strategies see, 2 or more: an ensemble, each trained with a seed of its own
   * on a bootstrap sample of the labels (a pool of the drawn samples, some of them twice).
   * Strategies that read probabilities see the mean of theirs, and `bald`, `variation-ratio` and
   * `batch-bald` see them all; those that read the weights of a head get the one that is trained on
   * all labels, which also is what {@linkcode ActiveLearner.head} gives. Default: that one head
   * alone.
   */
  readonly ensemble?: number | undefined;
  /** Of everything random: the same labels give the same suggestions. Default 0. */
  readonly seed?: number | undefined;
  /**
   * How many samples are watched for the stopping rules: a uniform sample of the pool, of which each head
   * predicts those that have no label yet. 0 measures nothing, and then no head is trained for a strategy
   * that needs none. Default 1000.
   */
  readonly watch?: number | undefined;
  /** Tells the time. Default the system's clock. */
  readonly clock?: (() => Date) | undefined;
}

/** How one suggestion is made. */
export interface SuggestOptions extends RecordingOptions {
  /** The strategy of this batch. Default the learner's. */
  readonly strategy?: StrategyLike | undefined;
  /** What the history says about it. */
  readonly note?: string | undefined;
}

/** A batch that should be labeled next. */
export interface Suggestion extends SelectedBatch {
  /** Which one it is, from 1 on. */
  readonly round: number;
  /** What chose it: the name of a strategy, or a cold start. */
  readonly strategy: string;
  /** What was measured for the stopping rules. */
  readonly measures: RoundMeasures;
}

/** How a change is made. */
export interface ChangeOptions {
  /** What the history says about it. */
  readonly note?: string | undefined;
}

/** How labels are given. */
export interface LabelOptions extends ChangeOptions {
  /** Whether a label may replace another one. Default false. */
  readonly relabel?: boolean | undefined;
}

/** How good a head is on labeled samples outside the pool. */
export interface Evaluation {
  /** The share of samples that are taken for their class, 0 to 1. */
  readonly accuracy: number;
  /** The mean of the classes' shares, 0 to 1. */
  readonly balancedAccuracy: number;
  /** The mean of -ln p of the right class, in nats. */
  readonly negativeLogLikelihood: number;
  /** The mean squared distance of probabilities and truth, 0 to 2. */
  readonly brierScore: number;
  /** The expected calibration error, 0 to 1. */
  readonly calibrationError: number;
}
