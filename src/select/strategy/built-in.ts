/**
 * The built-in strategies whose modules have been loaded so far, by name.
 *
 * @module
 */

import type { StrategyName } from "./names.ts";
import type { OptionTable } from "./options.ts";
import {
  defineStrategy,
  type Strategy,
  type StrategyDefinition,
  type StrategyFactory,
} from "./strategy.ts";

/** The factories of the loaded strategies, by the names of the strategies. */
const loaded: Map<string, StrategyFactory> = /* @__PURE__ */ new Map();

/**
 * Declares a built-in strategy and makes it available by its name.
 *
 * @param definition the declaration, whose name is one of `STRATEGIES`
 * @returns the function that makes the strategy
 */
export function builtInStrategy<const Table extends OptionTable = Record<never, never>>(
  definition: StrategyDefinition<Table> & { readonly name: StrategyName },
): StrategyFactory<Table> {
  const factory = defineStrategy(definition);
  loaded.set(definition.name, factory as unknown as StrategyFactory);
  return factory;
}

/** The factory of a built-in strategy; undefined if its module has not been loaded. */
export function loadedStrategy(name: string): StrategyFactory | undefined {
  return loaded.get(name);
}

/** Whether a strategy is one of those that come with the package, as opposed to custom code. */
export function isBuiltIn({ definition }: Strategy): boolean {
  return loaded.get(definition.name)?.definition === definition;
}
