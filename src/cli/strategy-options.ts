/**
 * The option `--strategy`, and the flags for the options that strategies declare.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import { loadStrategy } from "../select/registry.ts";
import { FISHERS } from "../select/strategy/bait-report.ts";
import { STRATEGIES } from "../select/strategy/names.ts";
import {
  checkValue,
  type OptionDeclaration as Declared,
  type OptionTable,
  rangeOf,
} from "../select/strategy/options.ts";
import { optionsOf, type Strategy, type StrategyFactory } from "../select/strategy/strategy.ts";
import {
  camelCase,
  kebabCase,
  parseStrategy,
  strategyFromText,
} from "../select/strategy/strategy-text.ts";
import { type Given, type Option, textOf } from "./command.ts";
import { nearest } from "./nearest.ts";
import { isStrategyFile, loadStrategyFile } from "./strategy-file.ts";

/** The factories of all built-in strategies. */
export const FACTORIES: readonly StrategyFactory[] = await Promise.all(
  STRATEGIES.map((name) => loadStrategy(name)),
);

/** The option `--strategy`. */
export const STRATEGY_OPTION: Option = {
  value: "NAME|FILE",
  fallback: "bait",
  help: "How to choose: a name (creel strategies lists them), a name with its options as in " +
    '"falcun(gamma=3)", or a .ts or .js file that exports a custom strategy',
};

/** The placeholder of the value of an option in the help, by its kind. */
const VALUES = { number: "X", integer: "N", "number or auto": "auto|X", choice: "NAME" } as const;

/** The largest number of strategies that the help of a flag names. */
const FEW = 3;

/** The options of all strategies, by the names of their flags. */
export const STRATEGY_OPTIONS: Readonly<Record<string, Option>> = flagsOf(FACTORIES);

function flagsOf(factories: readonly StrategyFactory[]): Record<string, Option> {
  const owners = new Map<string, { option: Declared; names: string[] }[]>();
  for (const { definition } of factories) {
    for (const [name, option] of Object.entries(optionsOf(definition))) {
      const meanings = owners.get(name) ?? [];
      const same = meanings.find((known) => textOfOption(known.option) === textOfOption(option));
      if (same) same.names.push(definition.name);
      else meanings.push({ option, names: [definition.name] });
      owners.set(name, meanings);
    }
  }
  const flags: Record<string, Option> = {};
  for (const [name, meanings] of owners) {
    const texts = meanings.map(({ option, names }) => {
      const of = names.length === factories.length
        ? ""
        : names.length > FEW
        ? `${names.length} strategies: `
        : `${names.join(", ")}: `;
      return `${of}${textOfOption(option)}`;
    });
    flags[kebabCase(name)] = flagOf(meanings[0]!.option, texts.join("; "));
  }
  return flags;
}

/**
 * How the option of a flag is written after the name of a strategy, such as `falcun(gamma=X)`;
 * undefined for unknown flags.
 */
export function asText(flag: string): string | undefined {
  const name = camelCase(flag);
  const owner = FACTORIES.find(({ definition }) => Object.hasOwn(optionsOf(definition), name));
  if (!owner) return undefined;
  const { value } = STRATEGY_OPTIONS[flag]!;
  return `${owner.definition.name}(${name}${value ? `=${value}` : ""})`;
}

/** The help of an option with its default. */
function textOfOption(option: Declared): string {
  const fallback = option.fallback ?? (option.kind === "flag" ? undefined : option.default);
  return fallback === undefined ? option.help : `${option.help} (default ${fallback})`;
}

function flagOf(option: Declared, help: string): Option {
  if (option.kind === "flag") return { help };
  return {
    value: VALUES[option.kind],
    ...(option.kind === "choice" && { choices: option.choices }),
    help,
  };
}

/**
 * Makes the strategy of the given options.
 *
 * @param given `--strategy`, and the flags of its options
 * @throws {InputError} if no strategy has the name, its file cannot be loaded, or an option is
 * unknown or out of its range
 */
export async function givenStrategy(given: Given): Promise<Strategy> {
  const { factory, options } = await factoryOf(textOf(given, "strategy") ?? "bait");
  const table = optionsOf(factory.definition);
  const all: Record<string, string> = { ...options };
  for (const flag of Object.keys(STRATEGY_OPTIONS)) {
    const value = given[flag];
    if (value === undefined) continue;
    const name = camelCase(flag);
    checkOwn(flag, factory, table);
    if (Object.hasOwn(options, name)) {
      throw new InputError(`Give --${flag} or ${name} in --strategy, not both`);
    }
    checkFlag(flag, table[name]!, value);
    all[name] = String(value);
  }
  return strategyFromText(factory, all);
}

function checkOwn(flag: string, { definition }: StrategyFactory, table: OptionTable): void {
  if (Object.hasOwn(table, camelCase(flag))) return;
  const known = Object.keys(table).map((name) => `--${kebabCase(name)}`);
  throw new InputError(
    `Unknown option --${flag} of strategy ${definition.name}: it has ${known.join(", ")}`,
  );
}

/** Checks the value of a flag, with messages that name the flag. */
function checkFlag(flag: string, option: Declared, value: string | true): void {
  if (option.kind === "flag" || option.kind === "choice") return;
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : NaN;
  if (option.kind === "number or auto" && value === "auto") return;
  if (Number.isNaN(number)) {
    throw new InputError(`Option --${flag} must be ${rangeOf(option)}: found ${value}`);
  }
  checkValue(`--${flag}`, option, number);
}

/**
 * Makes the strategies of `--strategies`.
 *
 * @param texts names, names with options, or files
 */
export async function strategiesFromTexts(texts: readonly string[]): Promise<Strategy[]> {
  return await Promise.all(texts.map(async (text) => {
    const { factory, options } = await factoryOf(text);
    return strategyFromText(factory, options);
  }));
}

/**
 * Finds the factory of a strategy, and parses the options after its name.
 *
 * @throws {InputError} if no strategy has the name, or its file cannot be loaded
 */
export async function factoryOf(
  text: string,
): Promise<{ factory: StrategyFactory; options: Readonly<Record<string, string>> }> {
  const { name, options } = parseStrategy(text);
  if (isStrategyFile(name)) return { factory: await loadStrategyFile(name), options };
  if (!(STRATEGIES as readonly string[]).includes(name)) {
    const near = nearest(name, [...STRATEGIES, ...FISHERS.map((form) => `bait-${form}`)]);
    throw new InputError(
      `Unknown strategy ${name}: ${
        near ? `did you mean ${near}?` : `use ${STRATEGIES.join(", ")}, or a file such as ./mine.ts`
      }`,
    );
  }
  return { factory: await loadStrategy(name), options };
}
