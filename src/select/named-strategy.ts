/**
 * Finds built-in strategies by their names.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import { loadBeside, notInBundle } from "../load-beside.ts";
import { loadedStrategy } from "./strategy/built-in.ts";
import { STRATEGIES, type StrategyName } from "./strategy/names.ts";
import type { Strategy, StrategyFactory } from "./strategy/strategy.ts";
import { camelCase, parseStrategy, strategyFromText } from "./strategy/strategy-text.ts";

/**
 * Makes the strategy that a text describes: a name such as `margin`, a short name such as
 * `bait-exp`, or a name with options such as `falcun(gamma=3)`.
 *
 * @throws {InputError} if no strategy has that name, it is not part of the bundle, or an option is
 * unknown or out of its range
 */
export async function namedStrategy(text: string): Promise<Strategy> {
  const { name, options } = parseStrategy(text);
  return strategyFromText(await strategyOfName(name), options);
}

/**
 * Finds the factory of a built-in strategy by its name. Its module is loaded on the first use, by a
 * path next to this file that bundlers do not follow: a page that imports one strategy must not pay
 * for all of them. In a bundle the names of those strategies work that the bundle imports and uses.
 *
 * @throws {InputError} if no strategy has that name, or it is not part of the bundle
 */
export async function strategyOfName(name: string): Promise<StrategyFactory> {
  const known = loadedStrategy(name);
  if (known) return known;
  if (!(STRATEGIES as readonly string[]).includes(name)) {
    throw new InputError(`Unknown strategy ${name}: use ${STRATEGIES.join(", ")}`);
  }
  const registry = await loadBeside<typeof import("./registry.ts")>(
    import.meta.url,
    "named-strategy",
    "registry",
  );
  if (registry) return await registry.loadStrategy(name as StrategyName);
  throw notInBundle(`strategy ${name}`, camelCase(name));
}
