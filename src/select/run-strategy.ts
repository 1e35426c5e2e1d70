/**
 * All strategies behind one call: a strategy, a pool, a budget, and what is known about the pool.
 *
 * @module
 */

import type { Pool } from "../pool/pool.ts";
import { namedStrategy } from "./named-strategy.ts";
import type { StrategyName } from "./strategy/names.ts";
import { readableBy } from "./strategy/readings.ts";
import { checkNames } from "./strategy/options.ts";
import { requestOf, SELECTION_OPTIONS, type SelectionOptions } from "./strategy/request.ts";
import type { SelectedBatch } from "./strategy/selection.ts";
import type { Strategy } from "./strategy/strategy.ts";
import { selectFromParts } from "./sub-pool.ts";

/**
 * A strategy, wherever one is asked for: a value such as `bait({ fisher: "exp" })`; a function that makes one,
 * such as `margin`, for the default options; or the name of a strategy of Creel, also with options behind it,
 * as in `"falcun(gamma=3)"`. In a bundle a name works for the strategies that the bundle imports.
 */
export type StrategyLike =
  | Strategy
  | (() => Strategy)
  | StrategyName
  | (string & Record<never, never>);

/**
 * The strategy that is meant.
 *
 * @throws {InputError} if there is no strategy of that name, or its options are wrong
 */
export async function strategyOf(strategy: StrategyLike): Promise<Strategy> {
  if (typeof strategy === "function") return strategy();
  if (typeof strategy !== "string") return strategy;
  return await namedStrategy(strategy);
}

/**
 * Chooses a batch from a pool that is on a device already; `select` does everything from plain arrays.
 *
 * @example
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
 * @param strategy a strategy, or its name
 * @param options the budget, and what is known about the pool
 * @throws {InputError} if an option is out of its range, or something that the strategy reads is missing
 * @throws {DeviceError} if the device cannot do it
 */
export async function runStrategy(
  pool: Pool,
  strategy: StrategyLike,
  options: SelectionOptions,
): Promise<SelectedBatch> {
  checkNames("runStrategy", options, SELECTION_OPTIONS);
  const chosen = await strategyOf(strategy);
  const request = readableBy(chosen, requestOf(pool, options));
  return await selectFromParts(request, chosen);
}
