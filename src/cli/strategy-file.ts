/**
 * Loads a custom strategy from a file.
 *
 * @module
 */

import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { DeviceError, InputError } from "../errors.ts";
import { statusOf } from "../io/file.ts";
import type { Strategy, StrategyFactory } from "../select/strategy/strategy.ts";
import { strategyFactoryOf } from "../select/strategy/strategy-value.ts";

/** Whether the name of a strategy is the path of a file. */
export function isStrategyFile(name: string): boolean {
  return /\.(ts|js|mts|mjs)$/.test(name) || name.includes("/");
}

/**
 * Loads a file whose default export is a strategy: the result of `defineStrategy`, a strategy that
 * it made, or a plain declaration with a name and a function `select`.
 *
 * @throws {InputError} if the file does not exist, cannot be loaded, or exports no strategy, or the
 * name of the strategy is not letters, digits and hyphens
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
  const factory = strategyFactoryOf(exported);
  if (factory) return guarded(factory, path);
  throw new InputError(
    `Cannot load strategy ${path}: its default export must be a strategy, such as what ` +
      "defineStrategy returns",
  );
}

/** Says of an error in a custom strategy that it is one, because only its author can mend it. */
function guarded(factory: StrategyFactory, path: string): StrategyFactory {
  const make = (...options: Parameters<StrategyFactory>): Strategy => {
    const strategy = factory(...options);
    return {
      ...strategy,
      async select(request) {
        try {
          return await strategy.select(request);
        } catch (error) {
          const own = error instanceof InputError || error instanceof DeviceError;
          if (own || error instanceof DOMException) throw error;
          throw new InputError(`Strategy ${path} failed: ${reasonOf(error)}`, { cause: error });
        }
      },
    };
  };
  return Object.assign(make, { definition: factory.definition });
}

/** Why a module did not load: the first line of the error, and the position that Deno reports. */
function reasonOf(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error)).split("\n");
  const [, place] = /^ *at (\S+:\d+:\d+)$/.exec(lines.at(-1)!) ?? [];
  return `${lines[0]!.replace(/\.$/, "")}${place ? ` (${place})` : ""}`;
}
