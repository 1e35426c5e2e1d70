/**
 * Strategies from their names.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import { loadedStrategy } from "./strategy/built-in.ts";
import { STRATEGIES } from "./strategy/names.ts";
import type { Strategy, StrategyFactory } from "./strategy/strategy.ts";
import { camelCase, parseStrategy, strategyFromText } from "./strategy/strategy-text.ts";

/**
 * The strategy that a text stands for: a name such as `margin`, a short name such as `bait-exp`, or a name
 * with options such as `falcun(gamma=3)`.
 *
 * @throws {InputError} if there is no strategy of that name, it is not in this bundle, or an option is unknown or
 * out of its range
 */
export async function namedStrategy(text: string): Promise<Strategy> {
  const { name, options } = parseStrategy(text);
  return strategyFromText(await strategyOfName(name), options);
}

/**
 * The strategy of Creel that has a name. Its code is loaded when the name is asked for, from beside this file.
 * Bundlers do not follow that, so that a page which imports one strategy does not pay for all: in a bundle the
 * names of those strategies work that the bundle imports.
 *
 * @throws {InputError} if there is no strategy of that name, or it is not in this bundle
 */
export async function strategyOfName(name: string): Promise<StrategyFactory> {
  const known = loadedStrategy(name);
  if (known) return known;
  if (!(STRATEGIES as readonly string[]).includes(name)) {
    throw new InputError(`Unknown strategy ${name}: use ${STRATEGIES.join(", ")}`);
  }
  const registry = import.meta.url.replace(/\/named-strategy(\.\w+)$/, "/registry$1");
  if (registry === import.meta.url) {
    const exported = camelCase(name);
    throw new InputError(
      `Cannot find strategy ${name} in this bundle: import { ${exported} } from Creel, and its name ` +
        `or ${exported} itself can be given`,
    );
  }
  const { loadStrategy } = await import(/* @vite-ignore */ registry);
  return await loadStrategy(name);
}
