/**
 * A strategy of the user's own, from a file.
 *
 * @module
 */

import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { InputError } from "../errors.ts";
import { statusOf } from "../io/file.ts";
import {
  defineStrategy,
  type Strategy,
  type StrategyDefinition,
  type StrategyFactory,
} from "../select/strategy/strategy.ts";

/** Whether the name of a strategy is the path of a file. */
export function isStrategyFile(name: string): boolean {
  return /\.(ts|js|mts|mjs)$/.test(name) || name.includes("/");
}

/**
 * Loads a file whose default export is a strategy: what `defineStrategy` returned, what that function returned,
 * or a plain declaration with a name and a function `select`.
 *
 * @throws {InputError} if there is no such file, it cannot be run, or it exports no strategy
 */
export async function loadStrategyFile(path: string): Promise<StrategyFactory> {
  if (!(await statusOf(path))?.isFile()) {
    throw new InputError(`Cannot load strategy ${path}: there is no such file`);
  }
  let exported: unknown;
  try {
    exported = (await import(pathToFileURL(resolve(path)).href)).default;
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new InputError(`Cannot load strategy ${path}: ${reason}`, { cause: error });
  }
  const factory = factoryOf(exported);
  if (factory) return factory;
  throw new InputError(
    `Cannot load strategy ${path}: its default export must be a strategy, such as what ` +
      "defineStrategy returns",
  );
}

function factoryOf(exported: unknown): StrategyFactory | undefined {
  if (typeof exported === "function") {
    return isDefinition((exported as { definition?: unknown }).definition)
      ? exported as StrategyFactory
      : undefined;
  }
  if (!isDefinition(exported)) return undefined;
  if (!("definition" in exported)) return defineStrategy(exported);
  // A strategy that has its options already: those are its defaults.
  const { definition, options } = exported as unknown as Strategy;
  const factory = defineStrategy(definition) as unknown as (all: unknown) => Strategy;
  const make = (given = {}) => factory({ ...options, ...given });
  return Object.assign(make, { definition }) as StrategyFactory;
}

function isDefinition(value: unknown): value is StrategyDefinition {
  const { name, select } = (value ?? {}) as Partial<StrategyDefinition>;
  return typeof name === "string" && name !== "" && typeof select === "function";
}
