/**
 * The options of BAIT, and the input and output of one BAIT selection.
 *
 * @module
 */

import type { RecordingOptions } from "../../device/recording.ts";
import type { Predictor } from "../../pool/predictions.ts";
import { type BaitReport, type Fisher, FISHERS, WEIGHTINGS } from "../strategy/bait-report.ts";
import { dropout, members } from "../strategy/member-options.ts";
import { type OptionsOf, type ResolvedOptions, resolveOptions } from "../strategy/options.ts";

/** The options of {@linkcode bait}. */
export const baitOptions = {
  /** The form of the Fisher information. */
  fisher: {
    kind: "choice",
    choices: FISHERS,
    fallback: "binary, classes for several labels a sample, or regression without probabilities",
    help: "The form of the Fisher information",
  },
  /** The number of most probable classes in the forms `exp` and `classes`; 0 stands for all. */
  topClasses: {
    kind: "integer",
    from: 0,
    fallback: "2, or 3 with fisher classes",
    help: "The number of most probable classes that fisher exp and classes use; 0: all",
  },
  /** The ridge that is added to the diagonal of M. */
  lambda: {
    kind: "number or auto",
    default: "auto",
    help: "The ridge on the diagonal of M; auto is 0.3 trace(F) / D, or 1 if the trace is 0",
  },
  /** How labeled and chosen samples are weighted. */
  weighting: {
    kind: "choice",
    choices: WEIGHTINGS,
    default: "reference",
    help: "How labeled and chosen samples are weighted in the information matrix M",
  },
  /** The number of forward picks as a multiple of the budget. */
  oversample: {
    kind: "number",
    from: 1,
    default: 2,
    help: "The number of forward picks as a multiple of the budget; the backward pass drops the " +
      "excess",
  },
  /** How samples are picked. */
  select: {
    kind: "choice",
    choices: ["greedy", "topk"],
    default: "greedy",
    help: "greedy updates the scores after every pick; topk takes the highest scores at the start",
  },
  /** Whether only the diagonals of the information matrices are used. */
  diagonal: {
    kind: "flag",
    help: "Use only the diagonals of the information matrices, which fit for any number of classes",
  },
  members,
  dropout,
} as const;

/** The input of one BAIT selection. */
export interface BaitProblem extends RecordingOptions {
  /** The form of the Fisher information. */
  readonly fisher: Fisher;
  /** B, the number of samples to choose. */
  readonly budget: number;
  /** The indices of the labeled samples. */
  readonly labeled: readonly number[];
  /** The indices of samples that are neither labeled nor candidates, each once. Default: none. */
  readonly excluded?: readonly number[] | undefined;
  /** The class probabilities; not needed for `regression`. */
  readonly predictor?: Predictor | undefined;
  /**
   * The largest number of floating-point operations of the backward phase on the CPU, where it is
   * exact in float64. A larger backward phase runs on the device, in its precision. Default: 2e11.
   */
  readonly hostOperations?: number | undefined;
}

/** The input of one BAIT selection, with the options that were set. */
export type BaitInput = BaitProblem & OptionsOf<Omit<typeof baitOptions, "fisher">>;

/** The input of one BAIT selection, with all options. */
export type BaitSettings =
  & BaitProblem
  & ResolvedOptions<Omit<typeof baitOptions, "fisher" | "members" | "dropout">>
  & { readonly topClasses: number };

/** The number of most probable classes that a form uses, if it is not given. */
export function topClassesOf(fisher: Fisher, given: number | undefined): number {
  return given ?? (fisher === "classes" ? 3 : 2);
}

/**
 * Checks the options of BAIT and fills in their defaults.
 *
 * @throws {InputError} if an option is out of its range
 */
export function baitSettings(input: BaitInput): BaitSettings {
  const names = Object.keys(baitOptions) as (keyof typeof baitOptions)[];
  const given = Object.fromEntries(names.map((name) => [name, input[name]]));
  const { fisher: _, ...options } = resolveOptions("bait", baitOptions, given);
  return { ...input, ...options, topClasses: topClassesOf(input.fisher, options.topClasses) };
}

/** The batch that BAIT chose, and the numbers that it computed. */
export interface BaitSelection extends Omit<BaitReport, "fisher" | "topClasses" | "weighting"> {
  /** The indices of the chosen samples, in the order in which the forward pass picked them. */
  readonly picks: number[];
}
