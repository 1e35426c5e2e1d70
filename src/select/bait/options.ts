/**
 * What BAIT is told and what it answers.
 *
 * @module
 */

import type { RecordingOptions } from "../../device/recording.ts";
import type { Fisher } from "./fisher/factors.ts";
import type { Predictor } from "../../pool/predictions.ts";

/**
 * How labeled and chosen samples are weighted in M, with `a = n_L / (n_L + B)`:
 *
 * - `reference` (the authors' code): `lambda I + a mean_L I`, candidates scaled by `sqrt(B / (n_L + B))`;
 * - `sum`: `lambda I + sum_L I`, candidates unscaled;
 * - `paper`: `lambda I + mean_L I`, candidates unscaled.
 */
export type Weighting = "reference" | "sum" | "paper";

/** The names of the weightings. */
export const WEIGHTINGS: readonly Weighting[] = ["reference", "sum", "paper"];

/** How BAIT picks. */
export type BaitSelect = "greedy" | "topk";

/** The names of the ways to pick. */
export const BAIT_SELECTS: readonly BaitSelect[] = ["greedy", "topk"];

/** What BAIT may be told besides its batch. */
export interface BaitChoices {
  /** The form of the Fisher information. Default `binary`, or `regression` without probabilities. */
  readonly fisher?: Fisher | undefined;
  /** c of `exp`: how many of the most probable classes count. Default 2. */
  readonly topClasses?: number | undefined;
  /** The ridge, positive, or `auto` (the default): 0.3 trace(F) / D, and 1 where the trace is 0. */
  readonly lambda?: number | "auto" | undefined;
  /** How labeled and chosen samples are weighted. Default `reference`. */
  readonly weighting?: Weighting | undefined;
  /** The forward pass picks this many times the budget. Default 2. */
  readonly oversample?: number | undefined;
  /**
   * `greedy` (the default) picks forward and prunes backward; `topk` takes the best scores at the start, which
   * know nothing of what else is picked.
   */
  readonly select?: BaitSelect | undefined;
  /** Whether the information matrices are replaced by their diagonals, which fit for any K. Default false. */
  readonly diagonal?: boolean | undefined;
}

/** The options of BAIT. */
export interface BaitOptions extends BaitChoices, RecordingOptions {
  /** The form of the Fisher information. */
  readonly fisher: Fisher;
  /**
   * How many floating-point operations the backward phase may take on the CPU, where it is exact in float64;
   * where it needs more, the device does it in its own precision. Default 2e9, about two seconds.
   */
  readonly hostOperations?: number | undefined;
  /** B. */
  readonly budget: number;
  /** Indices of the labeled samples. */
  readonly labeled: readonly number[];
  /** Indices of samples that are neither labeled nor to be chosen, each once. Default none. */
  readonly excluded?: readonly number[] | undefined;
  /** The class probabilities; not needed for `regression`. */
  readonly predictor?: Predictor | undefined;
}

/** What BAIT chose, and how it went. */
export interface BaitSelection {
  /** The chosen samples, in the order in which the forward pass picked them. */
  readonly picks: number[];
  /** The picks of the forward pass, in order. */
  readonly forward: number[];
  /** The score of each at the moment of its pick: by how much it lowered the objective. */
  readonly forwardScores: number[];
  /** `trace(M_S^-1 F)` of the chosen samples. */
  readonly objective: number;
  /** The ridge that was used. */
  readonly lambda: number;
  /** The largest relative error seen in the forms of a pick. */
  readonly drift: number;
  /** How often the state was rebuilt because of it. */
  readonly rebuilds: number;
}
