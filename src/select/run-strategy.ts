/**
 * Runs any strategy on a pool: one call with a strategy, a pool, a budget and what is known about
 * the samples.
 *
 * @module
 */

import { checkNames } from "../check-names.ts";
import type { Pool } from "../pool/pool.ts";
import { namedStrategy } from "./named-strategy.ts";
import type { StrategyName } from "./strategy/names.ts";
import { readableBy } from "./strategy/readings.ts";
import { STRATEGY_HINT } from "./strategy/options.ts";
import { requestOf, SELECTION_OPTIONS, type SelectionOptions } from "./strategy/request.ts";
import type { SelectedBatch } from "./strategy/selection.ts";
import type { Strategy } from "./strategy/strategy.ts";
import { selectFromParts } from "./sub-pool.ts";

/**
 * A strategy as functions accept it: a value such as `bait({ fisher: "exp" })`; a function that
 * makes one, such as `margin`, for its default options; or the name of a built-in strategy,
 * optionally with options, such as `"falcun(gamma=3)"`. In a bundle the names of those strategies
 * work that the bundle imports and uses.
 */
export type StrategyLike =
  | Strategy
  | (() => Strategy)
  | StrategyName
  | (string & Record<never, never>);

/**
 * Makes the strategy from any of the accepted forms.
 *
 * @throws {InputError} if no strategy has that name, or its options are wrong
 */
export async function strategyOf(strategy: StrategyLike): Promise<Strategy> {
  if (typeof strategy === "function") return strategy();
  if (typeof strategy !== "string") return strategy;
  return await namedStrategy(strategy);
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
 */
export async function runStrategy(
  pool: Pool,
  strategy: StrategyLike,
  options: SelectionOptions,
): Promise<SelectedBatch> {
  checkNames("runStrategy", options, SELECTION_OPTIONS, STRATEGY_HINT);
  const chosen = await strategyOf(strategy);
  const request = readableBy(chosen, requestOf(pool, options));
  return await selectFromParts(request, chosen);
}
