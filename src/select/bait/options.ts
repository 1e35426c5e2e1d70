/**
 * The options of BAIT, and what one selection with it is about.
 *
 * @module
 */

import type { RecordingOptions } from "../../device/recording.ts";
import type { Predictor } from "../../pool/predictions.ts";
import { type Fisher, FISHERS, WEIGHTINGS } from "../strategy/bait-report.ts";
import { dropout, members } from "../strategy/member-options.ts";
import { type OptionsOf, type ResolvedOptions, resolveOptions } from "../strategy/options.ts";

/** The options of {@linkcode bait}. */
export const baitOptions = {
  /** The form of the Fisher information. */
  fisher: {
    kind: "choice",
    choices: FISHERS,
    fallback: "binary, or regression without probabilities",
    help: "The form of the Fisher information",
  },
  /** How many of the most probable classes count. */
  topClasses: {
    kind: "integer",
    from: 1,
    default: 2,
    help: "With fisher exp: how many of the most probable classes count",
  },
  /** The ridge. */
  lambda: {
    kind: "number or auto",
    default: "auto",
    help: "The ridge; auto is 0.3 trace(F) / D, and 1 where the trace is 0",
  },
  /** How labeled and chosen samples are weighted. */
  weighting: {
    kind: "choice",
    choices: WEIGHTINGS,
    default: "reference",
    help: "How labeled and chosen samples are weighted in M",
  },
  /** How many times the budget the forward pass picks. */
  oversample: {
    kind: "number",
    from: 1,
    default: 2,
    help: "The forward pass picks so many times the budget, and the backward pass prunes",
  },
  /** How picks are made. */
  select: {
    kind: "choice",
    choices: ["greedy", "topk"],
    default: "greedy",
    help: "topk takes the best scores at the start, which know nothing of what else is picked",
  },
  /** Whether the information matrices are replaced by their diagonals. */
  diagonal: {
    kind: "flag",
    help:
      "Replace the information matrices by their diagonals, which fit for any number of classes",
  },
  members,
  dropout,
} as const;

/** What one selection with BAIT knows. */
export interface BaitProblem extends RecordingOptions {
  /** The form of the Fisher information. */
  readonly fisher: Fisher;
  /** B. */
  readonly budget: number;
  /** Indices of the labeled samples. */
  readonly labeled: readonly number[];
  /** Indices of samples that are neither labeled nor to be chosen, each once. Default none. */
  readonly excluded?: readonly number[] | undefined;
  /** The class probabilities; not needed for `regression`. */
  readonly predictor?: Predictor | undefined;
  /**
   * How many floating-point operations the backward phase may take on the CPU, where it is exact in
   * float64; where it needs more, the device does it in its own precision. Default 2e9, about two
   * seconds.
   */
  readonly hostOperations?: number | undefined;
}

/** A problem with the options that are given. */
export type BaitInput = BaitProblem & OptionsOf<Omit<typeof baitOptions, "fisher">>;

/** A problem with all options. */
export type BaitSettings =
  & BaitProblem
  & ResolvedOptions<Omit<typeof baitOptions, "fisher" | "members" | "dropout">>;

/**
 * Checks the options of BAIT and fills in their defaults.
 *
 * @throws {InputError} if an option is out of its range
 */
export function baitSettings(input: BaitInput): BaitSettings {
  const names = Object.keys(baitOptions) as (keyof typeof baitOptions)[];
  const given = Object.fromEntries(names.map((name) => [name, input[name]]));
  const { fisher: _, ...options } = resolveOptions("bait", baitOptions, given);
  return { ...input, ...options };
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
