/**
 * The options and results of an active learner.
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

/** How batches are chosen while no head can be trained: with labels of fewer than two classes. */
export type ColdStart = "random" | "typiclust" | "balanced";

/** The names of the cold starts. */
export const COLD_STARTS: readonly ColdStart[] = ["random", "typiclust", "balanced"];

/** The options that a learner passes to its trainer. */
export interface TrainerOptions extends RecordingOptions {
  /** K, if the learner knows it; otherwise the largest label plus 1. */
  readonly classes: number | undefined;
  /** The seed of all random numbers. */
  readonly seed: number;
}

/** A head of a learner: it predicts class probabilities and can be disposed. */
export type LearnerHead = Predictor & Disposable;

/**
 * A function that trains a head. The head must predict from the features of a segment alone, for
 * any pool with the same number of features, such as test pools and parts of the pool. The learner
 * disposes it. For each head of an ensemble the pool consists of the drawn samples, and is disposed
 * when the head is trained.
 */
export type Trainer<H extends LearnerHead = LearnerHead> = (
  pool: Pool,
  labeled: Labeled,
  options: TrainerOptions,
) => Promise<H>;

/** The options of an active learner. Functions are not saved; everything else is. */
export interface LearnerOptions<H extends LearnerHead = Head> {
  /**
   * The strategy: a value such as `falcun({ gamma: 3 })`, a function such as `margin`, or a name.
   * Its name and its options are saved; to load a learner with a custom strategy, pass that
   * strategy again. Default: `bait`.
   */
  readonly strategy?: StrategyLike | undefined;
  /**
   * How the first batches are chosen, while the labels have fewer than two classes and the strategy
   * needs a head, or while there are no labels and the strategy needs labels: `random` (the
   * default); `typiclust`, the most typical samples of k-means clusters; or `balanced`, an equal
   * number of samples of each class, which needs `oracle` and `classes`.
   */
  readonly coldStart?: ColdStart | undefined;
  /**
   * Returns the class of a sample, for the cold start `balanced` and for strategies that need each
   * label at once.
   */
  readonly oracle?: Oracle | undefined;
  /**
   * K, or the names of the classes. Default: unknown, and labels may be any whole numbers from 0.
   */
  readonly classes?: number | readonly string[] | undefined;
  /** The function that trains the heads. Default: a linear head with C = 1. */
  readonly trainer?: Trainer<H> | undefined;
  /**
   * The number of heads of an ensemble, 2 or more, each trained with its own seed on a bootstrap
   * sample of the labels. Strategies that read probabilities use the mean of the heads, and `bald`,
   * `variation-ratio` and `batch-bald` use each of them; strategies that read the weights of a head
   * use the single head that is trained on all labels, which {@linkcode ActiveLearner.head}
   * returns, too. Default: no ensemble.
   */
  readonly ensemble?: number | undefined;
  /** The seed of all random numbers: the same labels give the same suggestions. Default: 0. */
  readonly seed?: number | undefined;
  /**
   * The number of watched samples: a fixed uniform random sample of the pool, for which every new
   * head makes predictions. Stopping rules use how much these predictions change and how certain
   * they are. With 0 nothing is measured, and no head is trained for a strategy that needs none.
   * Default: 1000.
   */
  readonly watch?: number | undefined;
  /** Returns the current time, for the history. Default: the clock of the system. */
  readonly clock?: (() => Date) | undefined;
}

/** The options of {@linkcode ActiveLearner.suggest}. */
export interface SuggestOptions extends RecordingOptions {
  /** The strategy of this batch. Default: the strategy of the learner. */
  readonly strategy?: StrategyLike | undefined;
  /** A note for the history. */
  readonly note?: string | undefined;
}

/** A batch that should be labeled next. */
export interface Suggestion extends SelectedBatch {
  /** The number of this batch, counted from 1. */
  readonly round: number;
  /** The name of the strategy, or of the cold start, that chose the batch. */
  readonly strategy: string;
  /** The measurements for the stopping rules. */
  readonly measures: RoundMeasures;
}

/** The options of a change, such as {@linkcode LabelLog.skip}. */
export interface ChangeOptions {
  /** A note for the history. */
  readonly note?: string | undefined;
}

/** The options of {@linkcode LabelLog.label}. */
export interface LabelOptions extends ChangeOptions {
  /** Whether existing labels may be replaced. Default: false. */
  readonly relabel?: boolean | undefined;
}

/** The metrics of a head on test samples. */
export interface Evaluation {
  /** The share of samples whose predicted class is correct, 0 to 1. */
  readonly accuracy: number;
  /**
   * The mean over the classes of the share of their samples whose predicted class is correct, 0 to
   * 1.
   */
  readonly balancedAccuracy: number;
  /** The mean of `-ln p` of the true class, in nats. */
  readonly negativeLogLikelihood: number;
  /** The mean squared distance between probabilities and one-hot labels, 0 to 2. */
  readonly brierScore: number;
  /** The expected calibration error, 0 to 1. */
  readonly calibrationError: number;
}
