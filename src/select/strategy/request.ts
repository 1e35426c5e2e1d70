/**
 * The input of a strategy: the pool, the budget and what is known about the samples, checked.
 *
 * @module
 */

import type { OptionNames } from "../../check-names.ts";
import type { RecordingOptions } from "../../device/recording.ts";
import { InputError } from "../../errors.ts";
import { checkNotFaint } from "../../pool/magnitudes.ts";
import type { Pool } from "../../pool/pool.ts";
import type { Predictor } from "../../pool/predictions.ts";
import { keyOf, type Purpose } from "../../random/counter-hash.ts";
import type { Members } from "../members/members.ts";

/**
 * A function that returns the class of a sample, a whole number from 0, or a promise of it: a
 * person who labels at once, or the known labels in a simulation.
 */
export type Oracle = (index: number) => number | Promise<number>;

/** The options of one selection: the budget, and what is known about the samples of the pool. */
export interface SelectionOptions extends RecordingOptions {
  /** B, the number of samples to choose: a whole number from 1 to the number of candidates. */
  readonly budget: number;
  /** The indices of the labeled samples, each once. Default: none. */
  readonly labeled?: ArrayLike<number> | undefined;
  /** The classes of the labeled samples, whole numbers from 0, in the order of `labeled`. */
  readonly labels?: ArrayLike<number> | undefined;
  /**
   * The indices of samples that are unlabeled but must not be chosen, such as those that a person
   * could not label. They still count as part of the pool. Default: none.
   */
  readonly excluded?: ArrayLike<number> | undefined;
  /** The current head, or other class probabilities for the samples of the pool. */
  readonly predictor?: Predictor | undefined;
  /**
   * The members of an ensemble: at least two predictors with the same number of classes. Strategies
   * that read nothing but probabilities use their mean; `bald`, `variation-ratio` and `batch-bald`
   * use each of them.
   */
  readonly memberPredictors?: readonly Predictor[] | undefined;
  /**
   * Returns the class of a chosen sample, for strategies that need the label of each pick at once.
   */
  readonly oracle?: Oracle | undefined;
  /** The seed of all random numbers, a safe integer. Default: 0. */
  readonly seed?: number | undefined;
  /**
   * The number of batches that were chosen before, a whole number from 0; every round draws its own
   * random numbers. Default: 0.
   */
  readonly round?: number | undefined;
}

/** The names of {@linkcode SelectionOptions}. */
export const SELECTION_OPTIONS: OptionNames<SelectionOptions> = {
  budget: true,
  labeled: true,
  labels: true,
  excluded: true,
  predictor: true,
  memberPredictors: true,
  oracle: true,
  seed: true,
  round: true,
  signal: true,
  onProgress: true,
  sliceMilliseconds: true,
};

/**
 * The input of one selection as a strategy receives it: all values are checked, and defaults are
 * filled in.
 */
export interface SelectionRequest {
  /** The features of all samples, `[n, d]`, on their device. */
  readonly pool: Pool;
  /** B, the number of samples to choose. */
  readonly budget: number;
  /** The indices of the labeled samples, each once. */
  readonly labeled: readonly number[];
  /** The classes of the labeled samples, in the order of `labeled`, if they are known. */
  readonly labels: readonly number[] | undefined;
  /** The indices of samples that are neither labeled nor candidates. */
  readonly excluded: readonly number[];
  /** The indices of the samples that may be chosen, in ascending order. */
  readonly candidates: readonly number[];
  /** The head, or the mean of the members for strategies that read nothing but probabilities. */
  readonly predictor: Predictor | undefined;
  /** The predictors of the ensemble, if one was passed. */
  readonly ensemble: readonly Predictor[] | undefined;
  /**
   * The members of the ensemble, or those made from the head by dropout if the strategy reads them.
   */
  readonly members: Members | undefined;
  /** Returns the class of a sample, if an oracle was passed. */
  readonly oracle: Oracle | undefined;
  /** The number of batches that were chosen before. */
  readonly round: number;
  /**
   * Returns the key of a stream of random 32-bit words, which depends on the seed, the round, a
   * purpose and further counters.
   */
  readonly keyFor: (purpose: Purpose, ...counters: number[]) => number;
  /** The abort signal and the progress callback, for `Recording`. */
  readonly recordingOptions: RecordingOptions;
}

/**
 * Checks the options of a selection and fills in the defaults.
 *
 * @param pool the features of all samples
 * @param options the options of the caller
 * @throws {InputError} if the budget, an index, the labels, the seed or the round is out of its
 * range
 */
export function requestOf(pool: Pool, options: SelectionOptions): SelectionRequest {
  const { budget, predictor, memberPredictors, oracle, seed = 0, round = 0 } = options;
  const { signal, onProgress, sliceMilliseconds } = options;
  if (!Number.isSafeInteger(seed)) {
    throw new InputError(`The seed must be a whole number: found ${seed}`);
  }
  if (!Number.isSafeInteger(round) || round < 0) {
    throw new InputError(`The round must be a whole number, 0 or more: found ${round}`);
  }
  checkNotFaint("features", pool.largest, false);
  const labeled = Array.from(options.labeled ?? []);
  const unlabeled = unlabeledOf(pool.rows, labeled);
  const excluded = excludedOf(pool.rows, labeled, options.excluded);
  const barred = new Set(excluded);
  const candidates = unlabeled.filter((index) => !barred.has(index));
  checkBudget(budget, candidates.length, excluded.length, pool.rows);
  const labels = options.labels && Array.from(options.labels);
  if (labels && labels.length !== labeled.length) {
    throw new InputError(
      `Cannot use ${labels.length} labels for ${labeled.length} labeled samples`,
    );
  }
  return {
    pool,
    budget,
    labeled,
    labels,
    excluded,
    candidates,
    predictor,
    ensemble: memberPredictors,
    members: undefined,
    oracle,
    round,
    keyFor: (purpose, ...counters) => keyOf(seed, purpose, round, ...counters),
    recordingOptions: { signal, onProgress, sliceMilliseconds },
  };
}

function unlabeledOf(rows: number, labeled: readonly number[]): number[] {
  const taken = new Uint8Array(rows);
  for (const index of labeled) {
    if (!Number.isInteger(index) || index < 0 || index >= rows) {
      throw new InputError(
        `Labeled index ${index} is out of range: the pool has ${rows} samples, 0 to ${rows - 1}`,
      );
    }
    if (taken[index]) throw new InputError(`Labeled index ${index} is given twice`);
    taken[index] = 1;
  }
  return Array.from({ length: rows }, (_, i) => i).filter((i) => !taken[i]);
}

/** The excluded samples that are not labeled, each once. */
function excludedOf(
  rows: number,
  labeled: readonly number[],
  excluded: ArrayLike<number> = [],
): number[] {
  const known = new Set(labeled);
  const indices = [...new Set(Array.from(excluded))].filter((index) => !known.has(index));
  for (const index of indices) {
    if (Number.isInteger(index) && index >= 0 && index < rows) continue;
    throw new InputError(
      `Excluded index ${index} is out of range: the pool has ${rows} samples, 0 to ${rows - 1}`,
    );
  }
  return indices;
}

function checkBudget(
  budget: number,
  candidates: number,
  excluded: number,
  rows: number,
): void {
  if (!Number.isInteger(budget) || budget < 1) {
    throw new InputError(
      `The budget must be a whole number of samples, 1 or more: found ${budget}`,
    );
  }
  if (budget > candidates) {
    const samples = `${budget} sample${budget === 1 ? "" : "s"}`;
    const are = candidates === 1 ? "is" : "are";
    if (candidates === 0 && excluded === 0) {
      throw new InputError(
        `Cannot select ${samples}: all ${rows} samples of the pool are labeled, so give those ` +
          "whose class is unknown the label -1, or list only the labeled ones as labeled",
      );
    }
    const and = excluded > 0 ? " and not excluded" : "";
    throw new InputError(
      `Cannot select ${samples}: only ${candidates} ${are} unlabeled${and}`,
    );
  }
}
