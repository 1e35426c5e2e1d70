/**
 * What a strategy is given: the situation, checked, and what follows from it.
 *
 * @module
 */

import type { RecordingOptions } from "../../device/recording.ts";
import { InputError } from "../../errors.ts";
import type { Pool } from "../../pool/pool.ts";
import type { Predictor } from "../../pool/predictions.ts";
import { keyOf, type Purpose } from "../../random/counter-hash.ts";
import type { Members } from "../members/members.ts";

/** Tells the class of a sample, from 0: a person who is asked at once, or known labels in a simulation. */
export type Oracle = (index: number) => number | Promise<number>;

/** What is known when a batch is chosen. */
export interface SelectionOptions extends RecordingOptions {
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
  /** The head: class probabilities, and what else the strategy reads of it. */
  readonly predictor?: Predictor | undefined;
  /**
   * An ensemble: at least two heads with the same classes. Strategies that read probabilities alone see the
   * mean of theirs, and `bald`, `variation-ratio` and `batch-bald` see them all.
   */
  readonly memberPredictors?: readonly Predictor[] | undefined;
  /** Tells the class of a sample that was chosen; for strategies that need each label at once. */
  readonly oracle?: Oracle | undefined;
  /** Everything random follows from it: any safe integer. Default 0. */
  readonly seed?: number | undefined;
  /** How many batches were chosen before; every round has random numbers of its own. Default 0. */
  readonly round?: number | undefined;
}

/** The names of {@linkcode SelectionOptions}. */
export const SELECTION_OPTIONS: Readonly<Record<keyof SelectionOptions, true>> = {
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

/** One selection, as a strategy sees it. */
export interface SelectionRequest {
  /** The features of all samples, on their device. */
  readonly pool: Pool;
  /** B, from 1 to the number of candidates. */
  readonly budget: number;
  /** The labeled samples, each once. */
  readonly labeled: readonly number[];
  /** Their classes. */
  readonly labels: readonly number[] | undefined;
  /** Samples that are neither labeled nor to be chosen. */
  readonly excluded: readonly number[];
  /** The samples that may be chosen, in order. */
  readonly candidates: readonly number[];
  /** The head; for strategies that read probabilities alone the mean of the members, if there are any. */
  readonly predictor: Predictor | undefined;
  /** The predictors of an ensemble, if one was given. */
  readonly ensemble: readonly Predictor[] | undefined;
  /** An ensemble, or members that were made of the head because they were asked for or are needed. */
  readonly members: Members | undefined;
  /** Tells classes. */
  readonly oracle: Oracle | undefined;
  /** How many batches were chosen before. */
  readonly round: number;
  /** The key of this selection's own stream of random words for a purpose. */
  readonly keyFor: (purpose: Purpose, ...counters: number[]) => number;
  /** How progress is reported and the work is stopped, for `Recording`. */
  readonly recordingOptions: RecordingOptions;
}

/**
 * Checks what is known and derives the rest.
 *
 * @throws {InputError} if the budget, an index, the labels, the seed or the round is out of its range
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
  const labeled = Array.from(options.labeled ?? []);
  const unlabeled = unlabeledOf(pool.rows, labeled);
  const excluded = excludedOf(pool.rows, labeled, options.excluded);
  const barred = new Set(excluded);
  const candidates = unlabeled.filter((index) => !barred.has(index));
  checkBudget(budget, candidates.length, excluded.length);
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

function checkBudget(budget: number, candidates: number, excluded: number): void {
  if (!Number.isInteger(budget) || budget < 1) {
    throw new InputError(
      `The budget must be a whole number of samples, 1 or more: found ${budget}`,
    );
  }
  if (budget > candidates) {
    const samples = `${budget} sample${budget === 1 ? "" : "s"}`;
    const are = candidates === 1 ? "is" : "are";
    const and = excluded > 0 ? " and not excluded" : "";
    throw new InputError(
      `Cannot select ${samples}: only ${candidates} ${are} unlabeled${and}`,
    );
  }
}
