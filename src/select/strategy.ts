/**
 * All strategies behind one call: a name, a pool, a budget, and what is known about the pool.
 *
 * @module
 */

import type { RecordingOptions } from "../device/recording.ts";
import { InputError } from "../errors.ts";
import { type Fisher, FISHERS } from "../fisher/factors.ts";
import type { Pool } from "../pool/pool.ts";
import type { Predictor } from "../pool/predictions.ts";
import { bait, type BaitSelection, type Weighting, WEIGHTINGS } from "./bait.ts";
import { typiclust } from "./cold-start.ts";
import { sample } from "./random.ts";
import { topOf } from "./top.ts";
import { uncertaintyScores } from "./uncertainty.ts";

/** The names of the strategies. */
export const STRATEGIES = [
  "bait",
  "random",
  "least-confidence",
  "margin",
  "entropy",
  "typiclust",
] as const;

/** The name of a strategy. */
export type StrategyName = typeof STRATEGIES[number];

/** What a strategy may be told. */
export interface StrategyOptions extends RecordingOptions {
  /** B, how many samples to choose: a whole number from 1 to the number of unlabelled samples. */
  readonly budget: number;
  /** Indices of the labelled samples, each once. Default none. */
  readonly labeled?: ArrayLike<number> | undefined;
  /**
   * Indices of samples that must not be chosen although they have no label, such as those that a person
   * could not tell. They still belong to the pool. Default none.
   */
  readonly excluded?: ArrayLike<number> | undefined;
  /** Class probabilities; `bait` with fisher `regression`, `random` and `typiclust` do without. */
  readonly predictor?: Predictor | undefined;
  /** Of everything random. Default 0. */
  readonly seed?: number | undefined;
  /** BAIT's Fisher form. Default `binary`, or `regression` without probabilities. */
  readonly fisher?: Fisher | undefined;
  /** BAIT `exp`: how many of the most probable classes count. Default 2. */
  readonly topClasses?: number | undefined;
  /** BAIT's ridge. Default `auto`. */
  readonly lambda?: number | "auto" | undefined;
  /** BAIT's weighting. Default `reference`. */
  readonly weighting?: Weighting | undefined;
  /** BAIT's forward pass picks this many times the budget. Default 2. */
  readonly oversample?: number | undefined;
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
  /** For `bait`. */
  readonly bait?: BaitReport;
}

/** Whether a strategy reads the class probabilities. */
export function needsProbabilities(name: StrategyName, fisher: Fisher | undefined): boolean {
  if (name === "random" || name === "typiclust") return false;
  return !(name === "bait" && fisher === "regression");
}

/**
 * Chooses a batch.
 *
 * @param pool the features of all samples
 * @param name the strategy
 * @param options the budget, what is known, and the strategy's options
 * @throws {InputError} if an option is out of its range, or probabilities are needed and missing
 * @throws {DeviceError} if the device cannot do it
 */
export async function runStrategy(
  pool: Pool,
  name: StrategyName,
  options: StrategyOptions,
): Promise<Selection> {
  if (!STRATEGIES.includes(name)) {
    throw new InputError(`Unknown strategy ${name}: use ${STRATEGIES.join(", ")}`);
  }
  const { budget, predictor, seed = 0 } = options;
  checkSeed(seed);
  checkBait(options);
  const labeled = Array.from(options.labeled ?? []);
  const excluded = excludedOf(pool.rows, labeled, options.excluded);
  const candidates = candidatesOf(pool.rows, [...labeled, ...excluded]);
  checkBudget(budget, candidates.length, excluded.length);
  if (name === "random") return { picks: sample(candidates, budget, seed) };
  if (name === "typiclust") {
    const { signal, onProgress, sliceMilliseconds } = options;
    const watching = { signal, onProgress, sliceMilliseconds };
    return { picks: await typiclust(pool, { budget, labeled, candidates, seed, ...watching }) };
  }
  if (name === "bait") return await runBait(pool, labeled, excluded, options);
  if (!predictor) {
    throw new InputError(
      `Cannot run ${name} without class probabilities: give logits, probabilities or labels`,
    );
  }
  const scores = await uncertaintyScores(pool, predictor, name);
  const picks = topOf(scores, candidates, budget);
  return { picks, scores: picks.map((index) => scores[index]!) };
}

async function runBait(
  pool: Pool,
  labeled: readonly number[],
  excluded: readonly number[],
  options: StrategyOptions,
): Promise<Selection> {
  const { predictor, topClasses = 2, weighting = "reference" } = options;
  const fisher = options.fisher ?? (predictor ? "binary" : "regression");
  const { picks, ...rest } = await bait(pool, {
    ...options,
    fisher,
    topClasses,
    labeled,
    excluded,
  });
  const report = { fisher, ...(fisher === "exp" && { topClasses }), weighting, ...rest };
  return { picks, bait: report };
}

/** The unlabelled samples, in order. */
function candidatesOf(rows: number, labeled: readonly number[]): number[] {
  const taken = new Uint8Array(rows);
  for (const index of labeled) {
    if (!Number.isInteger(index) || index < 0 || index >= rows) {
      throw new InputError(
        `Labelled index ${index} is out of range: the pool has ${rows} samples, 0 to ${rows - 1}`,
      );
    }
    if (taken[index]) throw new InputError(`Labelled index ${index} is given twice`);
    taken[index] = 1;
  }
  return Array.from({ length: rows }, (_, i) => i).filter((i) => !taken[i]);
}

/** The excluded samples that are not labelled, each once; the labelled ones are checked elsewhere. */
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
      `Cannot select ${samples}: only ${candidates} ${are} unlabelled${and}`,
    );
  }
}

function checkSeed(seed: number): void {
  if (!Number.isSafeInteger(seed)) {
    throw new InputError(`The seed must be a whole number: found ${seed}`);
  }
}

function checkBait(options: StrategyOptions): void {
  const { fisher, topClasses = 2, lambda = "auto", weighting, oversample = 2 } = options;
  if (fisher !== undefined && !FISHERS.includes(fisher)) {
    throw new InputError(`Unknown fisher ${fisher}: use ${FISHERS.join(", ")}`);
  }
  if (weighting !== undefined && !WEIGHTINGS.includes(weighting)) {
    throw new InputError(`Unknown weighting ${weighting}: use ${WEIGHTINGS.join(", ")}`);
  }
  if (!Number.isInteger(topClasses) || topClasses < 1) {
    throw new InputError(`The top classes must be a whole number, 1 or more: found ${topClasses}`);
  }
  // A GPU computes in float32, where 1e-300 is 0 and 1e300 is infinite.
  if (lambda !== "auto" && !(Math.fround(lambda) > 0 && Number.isFinite(Math.fround(lambda)))) {
    throw new InputError(`Lambda must be a positive float32 number or auto: found ${lambda}`);
  }
  if (!(oversample >= 1 && Number.isFinite(oversample))) {
    throw new InputError(`Oversample must be a number, 1 or more: found ${oversample}`);
  }
}
