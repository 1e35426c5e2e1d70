/**
 * Finds built-in strategies by their names.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import { loadedStrategy } from "./strategy/built-in.ts";
import { loadBeside } from "./strategy/load-beside.ts";
import { STRATEGIES } from "./strategy/names.ts";
import type { Strategy, StrategyFactory } from "./strategy/strategy.ts";
import { camelCase, parseStrategy, strategyFromText } from "./strategy/strategy-text.ts";

/** What is used of `registry.ts`. */
interface Registry {
  loadStrategy(name: string): Promise<StrategyFactory>;
}

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
  const { loadStrategy } = await loadBeside<Registry>(
    import.meta.url,
    "named-strategy",
    "registry",
    `strategy ${name}`,
    camelCase(name),
  );
  return await loadStrategy(name);
}
