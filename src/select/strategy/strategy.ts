/**
 * A strategy is a value: one object that says what it is called, what it reads, where it comes from, which
 * options it has, and how it chooses.
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
 * What a strategy reads besides the features: class `probabilities`; a `head` that predicts from features,
 * also from changed ones; the `weights` of a linear head; the predictions of several `members`; the `labels`
 * of the labeled samples; an `oracle` that tells the class of each pick at once.
 */
export type Reading = "probabilities" | "head" | "weights" | "members" | "labels" | "oracle";

/** The declaration of a strategy, from which {@linkcode defineStrategy} makes a function. */
export interface StrategyDefinition<Table extends OptionTable = OptionTable> {
  /** Its name, such as `falcun`. */
  readonly name: string;
  /** What it chooses, in one sentence. */
  readonly summary?: string;
  /** Where it comes from: authors, year, title, section. */
  readonly source?: string;
  /** What it costs on the device, in words. */
  readonly cost?: string;
  /** What it reads besides the features. Default nothing. */
  readonly reads?: readonly Reading[];
  /** What it reads with given options, and with or without a head, where that differs from `reads`. */
  readonly readsWith?: (
    options: ResolvedOptions<Table & SharedTable>,
    headed: boolean,
  ) => readonly Reading[];
  /** Its options. Default none. The options of every strategy, `candidates` and `partitions`, are added. */
  readonly options?: Table;
  /**
   * Chooses `request.budget` of `request.candidates`. What the strategy reads is there; options have been
   * checked and have their defaults.
   */
  select(
    request: SelectionRequest,
    options: ResolvedOptions<Table & SharedTable>,
  ): Promise<SelectedBatch>;
}

/** A strategy with its options. */
export interface Strategy {
  /** Its name. */
  readonly name: string;
  /** Its declaration. */
  readonly definition: StrategyDefinition;
  /** The options that were given; the others have their defaults. */
  readonly options: Readonly<Record<string, OptionValue>>;
  /** What it reads besides the features, where there is a head or is none. */
  reads(headed: boolean): readonly Reading[];
  /** Chooses a batch; `runStrategy` calls this. */
  select(request: SelectionRequest): Promise<SelectedBatch>;
}

/**
 * Makes a strategy with options: `falcun({ gamma: 3 })`. Wherever a strategy is asked for the function itself
 * does as well, and means the default options.
 *
 * @throws {InputError} if an option is unknown or out of its range
 */
export interface StrategyFactory<Table extends OptionTable = OptionTable> {
  /** Makes the strategy. */
  (options?: OptionsOf<Table & SharedTable>): Strategy;
  /** The declaration. */
  readonly definition: StrategyDefinition<Table>;
}

/** The declarations of the options that every strategy has. */
export type SharedTable = typeof SHARED_OPTIONS;

/** The options that every strategy has. */
export const SHARED_OPTIONS = {
  /** How many candidates are drawn. */
  candidates: {
    kind: "integer",
    from: 1,
    fallback: "all",
    help: "Choose from so many candidates, a uniform random subset, and leave the others out",
  },
  /** Into how many parts the candidates are split. */
  partitions: {
    kind: "integer",
    from: 1,
    default: 1,
    help: "Split the candidates at random into so many parts that share the budget",
  },
} as const;

/** All options of a strategy, its own and those that every strategy has. */
export function optionsOf({ options }: StrategyDefinition): OptionTable {
  return { ...options, ...SHARED_OPTIONS };
}

/**
 * Declares a strategy. What it returns passes wherever Creel asks for a strategy.
 *
 * @example The candidates with the largest first feature
 * ```ts
 * import { arrayRows, defineStrategy, openDevice, Pool, runStrategy } from "@creel/creel";
 * import assert from "node:assert/strict";
 *
 * const largest = defineStrategy({
 *   name: "largest",
 *   options: { feature: { kind: "integer", from: 0, default: 0, help: "Which feature counts" } },
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
 * @param definition what the strategy is
 * @throws {InputError} if its name is not letters, digits and hyphens with a letter first
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
    return {
      name,
      definition: plain,
      options,
      reads: (headed) => plain.readsWith?.(resolved as never, headed) ?? plain.reads ?? [],
      select: (request) => plain.select(request, resolved as never),
    };
  };
  return Object.assign(factory, { definition }) as StrategyFactory<Table>;
}
