/**
 * What a strategy is given: its options checked, and what follows from them.
 *
 * @module
 */

import type { RecordingOptions } from "../device/recording.ts";
import { InputError } from "../errors.ts";
import type { Pool } from "../pool/pool.ts";
import type { LinearWeights, Predictor } from "../pool/predictions.ts";
import { dropoutMembers, ensembleOf, meanPredictor, type Members } from "./members/members.ts";
import type { Oracle, Selection, StrategyChoices, StrategyOptions } from "./strategy-options.ts";

/**
 * What a strategy reads besides the features: class `probabilities`; a `head` that predicts from features,
 * also from changed ones; the `weights` of a linear head; the predictions of several `members`; the `labels`
 * of the labeled samples; an `oracle`.
 */
export type Need = "probabilities" | "head" | "weights" | "members" | "labels" | "oracle";

/** One selection. */
export interface SelectionRequest {
  /** The features of all samples. */
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
  /** An ensemble, or members that were made of the head because they were asked for or are needed. */
  readonly members: Members | undefined;
  /** Tells classes. */
  readonly oracle: Oracle | undefined;
  /** Of everything random. */
  readonly seed: number;
  /** The options of strategies. */
  readonly choices: StrategyChoices;
  /** How the work is watched and stopped. */
  readonly watching: RecordingOptions;
}

/** A way to choose. */
export interface Strategy {
  /** What it reads besides the features, with and without a head. */
  readonly needs: (choices: StrategyChoices, headed: boolean) => readonly Need[];
  /** Chooses; what it needs is there. */
  readonly run: (request: SelectionRequest) => Promise<Selection>;
}

/** What is missing, by need: the rest of a sentence that starts with `Cannot run NAME without`. */
const MISSING: Readonly<Record<Need, string>> = {
  probabilities: "class probabilities: give logits, probabilities or labels",
  head: "a head that predicts from features: give a head, or labels to train one",
  weights: "the weights of a linear head: give a head, or labels to train one",
  members:
    "members: give the predictions of several heads, a head that predicts from features to make " +
    "members of by dropout, or labels to train one",
  labels: "labels: give the classes of the labeled samples",
  oracle: "an oracle that tells the class of each pick at once: simulate it, or give an oracle",
};

/**
 * Checks that what a strategy needs is there.
 *
 * @throws {InputError} if it is not
 */
export function checkNeeds(name: string, needs: readonly Need[], request: SelectionRequest): void {
  const { predictor, members, labels, oracle } = request;
  const there: Record<Need, boolean> = {
    probabilities: predictor !== undefined,
    head: predictor !== undefined && !predictor.subset,
    weights: predictor?.readWeights !== undefined,
    members: members !== undefined,
    labels: labels !== undefined && labels.length > 0,
    oracle: oracle !== undefined,
  };
  const missing = needs.find((need) => !there[need]);
  if (missing) throw new InputError(`Cannot run ${name} without ${MISSING[missing]}`);
}

/**
 * The weights of the linear head.
 *
 * @throws {InputError} if they are for another number of features
 */
export async function weightsOf({ pool, predictor }: SelectionRequest): Promise<LinearWeights> {
  const weights = await predictor!.readWeights!();
  const width = weights.weight.length / predictor!.classes;
  if (width !== pool.columns) {
    throw new InputError(
      `Cannot apply a head for ${width} features to samples of ${pool.columns}`,
    );
  }
  return weights;
}

/** How many members a head is made into, and the share of features that each of them loses. */
const [MEMBERS, DROPOUT] = [10, 0.5];

/**
 * The request with members where they are asked for or needed, and what a strategy then needs.
 *
 * A strategy that reads the probabilities sees the mean of the members; not so one that needs the head
 * itself or its weights, which a mean does not have.
 */
export function withMembers(
  request: SelectionRequest,
  needs: readonly Need[],
): { request: SelectionRequest; needs: readonly Need[] } {
  const { predictor, seed, choices } = request;
  const { members: count, dropout: share } = choices;
  const ofHead = needs.includes("head") || needs.includes("weights");
  const averages = needs.includes("probabilities") && !ofHead;
  const asked = averages && (count !== undefined || share !== undefined);
  const all: readonly Need[] = asked && !needs.includes("members") ? [...needs, "members"] : needs;
  const makes = all.includes("members") && predictor !== undefined && !predictor.subset;
  const members = request.members ??
    (makes
      ? dropoutMembers(predictor, { count: count ?? MEMBERS, share: share ?? DROPOUT, seed })
      : undefined);
  const mean = averages && members ? meanPredictor(members) : predictor;
  return { request: { ...request, members, predictor: mean }, needs: all };
}

/** Checks the options and derives the rest. */
export function requestOf(pool: Pool, options: StrategyOptions): SelectionRequest {
  const { budget, predictor, memberPredictors, oracle, seed = 0 } = options;
  const { signal, onProgress, sliceMilliseconds, ...choices } = options;
  if (!Number.isSafeInteger(seed)) {
    throw new InputError(`The seed must be a whole number: found ${seed}`);
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
  if (memberPredictors && (choices.members ?? choices.dropout) !== undefined) {
    throw new InputError("Give either the predictors of members or dropout to make them, not both");
  }
  const members = memberPredictors && ensembleOf(memberPredictors);
  const watching = { signal, onProgress, sliceMilliseconds };
  return {
    pool,
    budget,
    labeled,
    labels,
    excluded,
    candidates,
    predictor,
    members,
    oracle,
    seed,
    choices,
    watching,
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
