/**
 * Runs any strategy on a pool: one call with a strategy, a pool, a budget and what is known about
 * the samples.
 *
 * @module
 */

import { checkNames, foundText } from "../check-names.ts";
import { throwIfAborted } from "../device/yielder.ts";
import { InputError } from "../errors.ts";
import type { Pool } from "../pool/pool.ts";
import { namedStrategy } from "./named-strategy.ts";
import type { StrategyName } from "./strategy/names.ts";
import { readableBy } from "./strategy/readings.ts";
import { STRATEGY_HINT } from "./strategy/options.ts";
import { requestOf, SELECTION_OPTIONS, type SelectionOptions } from "./strategy/request.ts";
import type { SelectedBatch } from "./strategy/selection.ts";
import type { Strategy, StrategyDefinition } from "./strategy/strategy.ts";
import { isStrategy, strategyFactoryOf } from "./strategy/strategy-value.ts";
import { selectFromParts } from "./sub-pool.ts";

/**
 * A strategy as functions accept it: a value such as `bait({ fisher: "exp" })`; a function that
 * makes one, such as `margin`, for its default options; the declaration of one, as `defineStrategy`
 * takes it; or the name of a built-in strategy, optionally with options, such as
 * `"falcun(gamma=3)"`. In a bundle the names of those strategies work that the bundle imports and
 * uses.
 */
export type StrategyLike =
  | Strategy
  | (() => Strategy)
  | StrategyDefinition
  | StrategyName
  | (string & Record<never, never>);

/**
 * Makes the strategy from any of the accepted forms.
 *
 * @throws {InputError} if no strategy has that name, its options are wrong, or the value is none of
 * the forms
 */
export async function strategyOf(strategy: StrategyLike): Promise<Strategy> {
  if (typeof strategy === "string") return await namedStrategy(strategy);
  const made: unknown = typeof strategy === "function" ? strategy() : strategy;
  if (isStrategy(made)) return made;
  const factory = strategyFactoryOf(made);
  if (factory) return factory();
  const found = foundText(made);
  throw new InputError(
    "strategy must be a name, a strategy such as margin, or one called with options such as " +
      `bait({ ... }): found ${made === strategy ? found : `a function that returns ${found}`}`,
  );
}

/**
 * Chooses a batch from a pool that is already on a device. `select` does the same from plain
 * arrays.
 *
 * @example Choose the two samples that are farthest from the labeled one
 * ```ts
 * import { arrayRows, coreset, openDevice, Pool, runStrategy } from "@creel/creel";
 * import assert from "node:assert/strict";
 *
 * using device = await openDevice({ device: "cpu" });
 * using pool = await Pool.from(device, arrayRows("rows", [[0, 0], [1, 0], [5, 5], [0, 9]]));
 * const { picks } = await runStrategy(pool, coreset, { budget: 2, labeled: [0] });
 * assert.deepEqual(picks, [3, 2]);
 * ```
 *
 * @param pool the features of all samples, `[n, d]`
 * @param strategy a strategy or its name
 * @param options the budget, and what is known about the samples
 * @returns the indices of the chosen samples, in the order of the picks, with their scores if any
 * @throws {InputError} if an option is out of its range, or an input that the strategy reads is
 * missing
 * @throws {DeviceError} if the device runs out of memory, is lost, or cannot run the strategy
 * @throws the reason of the abort signal, if it was aborted
 */
export async function runStrategy(
  pool: Pool,
  strategy: StrategyLike,
  options: SelectionOptions,
): Promise<SelectedBatch> {
  checkNames("runStrategy", options, SELECTION_OPTIONS, STRATEGY_HINT);
  throwIfAborted(options.signal, pool.device.signal);
  const chosen = await strategyOf(strategy);
  const request = readableBy(chosen, requestOf(pool, options));
  return await selectFromParts(request, chosen);
}
