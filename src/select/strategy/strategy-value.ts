/**
 * Strategies among values of any type, such as what plain JavaScript passes or a file exports.
 *
 * @module
 */

import {
  defineStrategy,
  type Strategy,
  type StrategyDefinition,
  type StrategyFactory,
} from "./strategy.ts";

/** Whether a value is a strategy with its options, as `falcun({ gamma: 3 })` returns it. */
export function isStrategy(value: unknown): value is Strategy {
  return isNamed(value) && "definition" in value;
}

/**
 * Returns the factory of a value: of what `defineStrategy` returned, of a strategy that it made,
 * whose options become the defaults, or of a plain declaration with a name and a function `select`.
 *
 * @returns the factory; undefined if the value is none of them
 * @throws {InputError} if the name is not letters, digits and hyphens with a letter first
 */
export function strategyFactoryOf(value: unknown): StrategyFactory | undefined {
  if (typeof value === "function") {
    const { definition } = value as { definition?: unknown };
    return isNamed(definition) ? defineStrategy(definition) : undefined;
  }
  if (!isStrategy(value)) return isNamed(value) ? defineStrategy(value) : undefined;
  const { definition, options } = value;
  const factory = defineStrategy(definition) as unknown as (all: unknown) => Strategy;
  const make = (given = {}) => factory({ ...options, ...given });
  return Object.assign(make, { definition }) as StrategyFactory;
}

function isNamed(value: unknown): value is StrategyDefinition {
  const { name, select } = (value ?? {}) as Partial<StrategyDefinition>;
  return typeof name === "string" && name !== "" && typeof select === "function";
}
