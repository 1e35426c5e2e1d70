/**
 * The strategies of Creel that have been loaded so far, by name.
 *
 * @module
 */

import type { StrategyName } from "./names.ts";
import type { OptionTable } from "./options.ts";
import { defineStrategy, type StrategyDefinition, type StrategyFactory } from "./strategy.ts";

const loaded: Map<string, StrategyFactory> = /* @__PURE__ */ new Map();

/** Declares a strategy that comes with Creel, which is known by its name from then on. */
export function builtInStrategy<const Table extends OptionTable = Record<never, never>>(
  definition: StrategyDefinition<Table> & { readonly name: StrategyName },
): StrategyFactory<Table> {
  const factory = defineStrategy(definition);
  loaded.set(definition.name, factory as unknown as StrategyFactory);
  return factory;
}

/** The strategy of a name, if its module has been loaded. */
export function loadedStrategy(name: string): StrategyFactory | undefined {
  return loaded.get(name);
}
