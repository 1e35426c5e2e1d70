/**
 * The checks of the options of `ActiveLearner`'s methods.
 *
 * @module
 */

import { checkNames, type OptionNames } from "../../check-names.ts";
import { InputError } from "../../errors.ts";
import { STRATEGY_HINT } from "../../select/strategy/options.ts";
import type { RecordingOptions } from "../../device/recording.ts";
import type { ChangeOptions, LabelOptions, SuggestOptions } from "./options.ts";

/** The names of {@linkcode RecordingOptions}. */
const RECORDING_OPTIONS: OptionNames<RecordingOptions> = {
  signal: true,
  onProgress: true,
  sliceMilliseconds: true,
};

/** The names of {@linkcode ChangeOptions}. */
const CHANGE_OPTIONS: OptionNames<ChangeOptions> = { note: true };

/** The names of {@linkcode LabelOptions}. */
const LABEL_OPTIONS: OptionNames<LabelOptions> = { note: true, relabel: true };

/** The names of the options of `evaluate`. */
const EVALUATE_OPTIONS: OptionNames<ChangeOptions & RecordingOptions> = {
  note: true,
  signal: true,
  onProgress: true,
  sliceMilliseconds: true,
};

/** The names of the options of each method, except `suggest`. */
const METHOD_OPTIONS = {
  evaluate: EVALUATE_OPTIONS,
  predict: RECORDING_OPTIONS,
  head: RECORDING_OPTIONS,
  label: LABEL_OPTIONS,
  unlabel: CHANGE_OPTIONS,
  skip: CHANGE_OPTIONS,
  unskip: CHANGE_OPTIONS,
  undo: CHANGE_OPTIONS,
} as const;

/**
 * Checks the names of the options of a method other than `suggest`.
 *
 * @param method the name of the method
 * @param options the options of the caller
 * @throws {InputError} if an option is unknown
 */
export function checkOptions(method: keyof typeof METHOD_OPTIONS, options: object): void {
  checkNames(method, options, METHOD_OPTIONS[method]);
}

/** The names of {@linkcode SuggestOptions}. */
const SUGGEST_OPTIONS: OptionNames<SuggestOptions> = {
  strategy: true,
  note: true,
  signal: true,
  onProgress: true,
  sliceMilliseconds: true,
};

/**
 * Checks the budget and the names of the options of a suggestion.
 *
 * @param budget the number of samples to suggest
 * @param candidates the number of samples that are neither labeled nor skipped
 * @param options the options of the caller
 * @throws {InputError} if there are fewer candidates, or an option is unknown
 */
export function checkSuggestion(
  budget: number,
  candidates: number,
  options: SuggestOptions,
): void {
  checkNames("suggest", options, SUGGEST_OPTIONS, STRATEGY_HINT);
  if (!Number.isInteger(budget) || budget < 1) {
    throw new InputError(
      `The budget must be a whole number of samples, 1 or more: found ${budget}`,
    );
  }
  if (budget <= candidates) return;
  const samples = `${budget} sample${budget === 1 ? "" : "s"}`;
  if (candidates === 0) {
    throw new InputError(`Cannot suggest ${samples}: every sample is labeled or skipped`);
  }
  const are = candidates === 1 ? "is" : "are";
  throw new InputError(
    `Cannot suggest ${samples}: only ${candidates} ${are} neither labeled nor skipped`,
  );
}
