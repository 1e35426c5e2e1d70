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
 * @throws {InputError} if there is no such file, it cannot be run, it exports no strategy, or the strategy's name
 * is not letters, digits and hyphens
 */
export async function loadStrategyFile(path: string): Promise<StrategyFactory> {
  if (!(await statusOf(path))?.isFile()) {
    throw new InputError(`Cannot load strategy ${path}: there is no such file`);
  }
  let exported: unknown;
  try {
    exported = (await import(pathToFileURL(resolve(path)).href)).default;
  } catch (error) {
    throw new InputError(`Cannot load strategy ${path}: ${reasonOf(error)}`, { cause: error });
  }
  const factory = factoryOf(exported);
  if (factory) return factory;
  throw new InputError(
    `Cannot load strategy ${path}: its default export must be a strategy, such as what ` +
      "defineStrategy returns",
  );
}

/** Why a module did not load: the first line of what was thrown, and where Deno says that it is. */
function reasonOf(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error)).split("\n");
  const [, place] = /^ *at (\S+:\d+:\d+)$/.exec(lines.at(-1)!) ?? [];
  return `${lines[0]!.replace(/\.$/, "")}${place ? ` (${place})` : ""}`;
}

/** A factory of whatever a module exports; `defineStrategy` checks the name, also of what it did not make. */
function factoryOf(exported: unknown): StrategyFactory | undefined {
  if (typeof exported === "function") {
    const { definition } = exported as { definition?: unknown };
    return isDefinition(definition) ? defineStrategy(definition) : undefined;
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
