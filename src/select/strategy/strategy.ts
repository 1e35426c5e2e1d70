/**
 * A strategy is a value: one object with a name, the inputs that it reads, its source, its options
 * and the function that chooses samples.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import {
  type OptionsOf,
  type OptionTable,
  type OptionValue,
  type ResolvedOptions,
  resolveOptions,
} from "./options.ts";
import type { SelectionRequest } from "./request.ts";
import type { SelectedBatch } from "./selection.ts";

/**
 * An input that a strategy reads besides the features:
 *
 * - `probabilities`: class probabilities;
 * - `head`: a head that predicts from features, also from changed ones;
 * - `weights`: the weights of a linear head;
 * - `members`: the predictions of several members;
 * - `labels`: the classes of the labeled samples;
 * - `oracle`: a function that returns the class of each pick at once.
 */
export type Reading = "probabilities" | "head" | "weights" | "members" | "labels" | "oracle";

/** The declaration of a strategy, from which {@linkcode defineStrategy} makes a function. */
export interface StrategyDefinition<Table extends OptionTable = OptionTable> {
  /** The name of the strategy, such as `falcun`: letters, digits and hyphens, a letter first. */
  readonly name: string;
  /** Which samples the strategy chooses, in one sentence without a final period. */
  readonly summary?: string;
  /** The publication: authors, year, title, and section or algorithm. */
  readonly source?: string;
  /** The cost on the device, such as `one pass over n x K`. */
  readonly cost?: string;
  /** The inputs that the strategy reads besides the features. Default: none. */
  readonly reads?: readonly Reading[];
  /**
   * Returns the inputs that the strategy reads for given options, with or without a head, if that
   * differs from `reads`.
   */
  readonly readsWith?: (
    options: ResolvedOptions<Table & SharedTable>,
    headed: boolean,
  ) => readonly Reading[];
  /**
   * Whether the strategy is defined for samples with several labels each, whose class probabilities
   * are independent and need not sum to 1; or a function of its options. Strategies that read
   * nothing but features need not say so. Default: false, and it refuses them.
   */
  readonly independent?: boolean | ((options: ResolvedOptions<Table & SharedTable>) => boolean);
  /**
   * The declarations of its options. Default: none. The options of every strategy, `candidates` and
   * `partitions`, are added.
   */
  readonly options?: Table;
  /**
   * Chooses `request.budget` of `request.candidates`. The inputs that the strategy reads are
   * present, and the options are checked and have their defaults.
   */
  select(
    request: SelectionRequest,
    options: ResolvedOptions<Table & SharedTable>,
  ): Promise<SelectedBatch>;
}

/** A strategy with its options, as `falcun({ gamma: 3 })` returns it. */
export interface Strategy {
  /** The name of the strategy. */
  readonly name: string;
  /** The declaration that the strategy was made from. */
  readonly definition: StrategyDefinition;
  /** The options that were set; the other options have their defaults. */
  readonly options: Readonly<Record<string, OptionValue>>;
  /** Returns the inputs that the strategy reads besides the features, with or without a head. */
  reads(headed: boolean): readonly Reading[];
  /** Whether it is defined for samples with several labels each. Default: false. */
  readonly independent?: boolean;
  /** Chooses a batch. `runStrategy` calls this with a checked request. */
  select(request: SelectionRequest): Promise<SelectedBatch>;
}

/**
 * A function that makes a strategy with options, such as `falcun({ gamma: 3 })`. Functions that
 * take a strategy also take the factory itself, which stands for the default options.
 *
 * @throws {InputError} if an option is unknown or out of its range, or the options are not an
 * object
 */
export interface StrategyFactory<Table extends OptionTable = OptionTable> {
  /** Makes a strategy with the given options. */
  (options?: OptionsOf<Table & SharedTable>): Strategy;
  /** The declaration of the strategy. */
  readonly definition: StrategyDefinition<Table>;
}

/** The type of the declarations of the options that every strategy has. */
export type SharedTable = typeof SHARED_OPTIONS;

/** The declarations of the options that every strategy has. */
export const SHARED_OPTIONS = {
  /** The size of the random subset of candidates to choose from. */
  candidates: {
    kind: "integer",
    from: 1,
    fallback: "all",
    help: "The number of candidates to choose from, drawn uniformly at random",
  },
  /** The number of random parts that the candidates are split into. */
  partitions: {
    kind: "integer",
    from: 1,
    default: 1,
    help: "The number of random parts that the candidates are split into; they share the budget",
  },
} as const;

/**
 * Returns the declarations of all options of a strategy: its own and those that every strategy has.
 *
 * @param definition the declaration of the strategy, such as `falcun.definition`
 */
export function optionsOf({ options }: Pick<StrategyDefinition, "options">): OptionTable {
  return { ...options, ...SHARED_OPTIONS };
}

/**
 * Declares a custom strategy. The returned function, and the strategies that it makes, can be
 * passed to `select`, `runStrategy` and `ActiveLearner`.
 *
 * @example The candidates with the largest first feature
 * ```ts
 * import { arrayRows, defineStrategy, openDevice, Pool, runStrategy } from "@creel/creel";
 * import assert from "node:assert/strict";
 *
 * const largest = defineStrategy({
 *   name: "largest",
 *   options: { feature: { kind: "integer", from: 0, default: 0, help: "The feature to compare" } },
 *   async select({ pool, candidates, budget }, { feature }) {
 *     const values = await pool.device.read(pool.blocks[0]!.features);
 *     const valueOf = (index: number) => values[index * pool.stride + feature]!;
 *     const picks = candidates.toSorted((a, b) => valueOf(b) - valueOf(a)).slice(0, budget);
 *     return { picks };
 *   },
 * });
 *
 * using device = await openDevice({ device: "cpu" });
 * using pool = await Pool.from(device, arrayRows("rows", [[1, 7], [2, 9], [3, 8]]));
 * assert.deepEqual((await runStrategy(pool, largest, { budget: 1 })).picks, [2]);
 * assert.deepEqual((await runStrategy(pool, largest({ feature: 1 }), { budget: 1 })).picks, [1]);
 * ```
 *
 * @param definition the name, the options and the function that chooses samples
 * @returns a function that makes the strategy from its options
 * @throws {InputError} if the name is not letters, digits and hyphens with a letter first
 */
export function defineStrategy<const Table extends OptionTable = Record<never, never>>(
  definition: StrategyDefinition<Table>,
): StrategyFactory<Table> {
  const { name } = definition;
  if (!/^[A-Za-z][\w-]*$/.test(name)) {
    throw new InputError(
      `Cannot define a strategy named "${name}": a name is letters, digits and hyphens, a letter first`,
    );
  }
  const plain = definition as unknown as StrategyDefinition;
  const table = optionsOf(plain);
  const factory = (given: Readonly<Record<string, OptionValue | undefined>> = {}): Strategy => {
    const resolved = resolveOptions(name, table, given);
    const options = Object.fromEntries(
      Object.entries(given).filter(([, value]) => value !== undefined),
    ) as Record<string, OptionValue>;
    const { independent = false } = plain;
    return {
      name,
      definition: plain,
      options,
      independent: typeof independent === "function" ? independent(resolved as never) : independent,
      reads: (headed) => plain.readsWith?.(resolved as never, headed) ?? plain.reads ?? [],
      select: (request) => plain.select(request, resolved as never),
    };
  };
  return Object.assign(factory, { definition }) as StrategyFactory<Table>;
}
