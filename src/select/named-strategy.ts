/**
 * Strategies from their names.
 *
 * @module
 */

import { loadStrategy } from "./registry.ts";
import type { Strategy } from "./strategy/strategy.ts";
import { parseStrategy, strategyFromText } from "./strategy/strategy-text.ts";

/**
 * The strategy that a text stands for: a name such as `margin`, a short name such as `bait-exp`, or a name
 * with options such as `falcun(gamma=3)`.
 *
 * @throws {InputError} if there is no strategy of that name, or an option is unknown or out of its range
 */
export async function namedStrategy(text: string): Promise<Strategy> {
  const { name, options } = parseStrategy(text);
  return strategyFromText(await loadStrategy(name), options);
}
