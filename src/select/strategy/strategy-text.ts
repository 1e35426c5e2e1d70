/**
 * Strategies as text: `margin`, `bait(fisher=exp)`, `falcun(gamma=3, deterministic)`.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import { FISHERS } from "./bait-report.ts";
import {
  checkValue,
  type OptionDeclaration,
  type OptionTable,
  type OptionValue,
  unknownOption,
} from "./options.ts";
import { optionsOf, type Strategy, type StrategyFactory } from "./strategy.ts";

/** A name and the options behind it, as they are written. */
export interface StrategyText {
  /** What stands before the parentheses: a name, or the path of a file. */
  readonly name: string;
  /** The options by name, in camel case; a flag without a value is `true`. */
  readonly options: Readonly<Record<string, string>>;
}

/**
 * Takes a text apart. The short names `bait-exp`, `bait-full`, `bait-binary` and `bait-regression` stand for
 * `bait(fisher=exp)` and so on.
 *
 * @throws {InputError} if it is neither a name nor a name with options in parentheses
 */
export function parseStrategy(text: string): StrategyText {
  const [, name, list] = /^\s*([^\s()=,][^()=,]*?)\s*(?:\(([^()]*)\))?\s*$/.exec(text) ?? [];
  if (name === undefined) {
    throw new InputError(
      `Cannot read strategy "${text}": write a name, or options behind it as in bait(fisher=exp)`,
    );
  }
  const options = new Map<string, string>();
  const fisher = FISHERS.find((form) => name === `bait-${form}`);
  if (fisher) options.set("fisher", fisher);
  for (const part of list?.trim() ? list.split(",") : []) {
    const [key = "", value = "true", ...rest] = part.split("=").map((word) => word.trim());
    const option = camelCase(key);
    if (key === "" || value === "" || rest.length > 0) {
      throw new InputError(
        `Cannot read "${part.trim()}" in strategy "${text}": an option is written name=value`,
      );
    }
    if (options.has(option)) {
      throw new InputError(`Cannot read strategy "${text}": option ${option} is given twice`);
    }
    options.set(option, value);
  }
  return { name: fisher ? "bait" : name, options: Object.fromEntries(options) };
}

/** Several texts, separated by commas outside of parentheses. */
export function splitStrategies(text: string): string[] {
  return text.split(/,(?![^(]*\))/).map((part) => part.trim());
}

/**
 * Makes a strategy of options that are given as text.
 *
 * @throws {InputError} if an option is unknown or out of its range
 */
export function strategyFromText(
  factory: StrategyFactory,
  options: StrategyText["options"],
): Strategy {
  const { definition } = factory;
  const table: OptionTable = optionsOf(definition);
  const values: Record<string, OptionValue> = {};
  for (const [name, text] of Object.entries(options)) {
    if (!Object.hasOwn(table, name)) {
      throw unknownOption(definition.name, name, Object.keys(table));
    }
    values[name] = valueFromText(`${name} of ${definition.name}`, table[name]!, text);
  }
  return (factory as (options: typeof values) => Strategy)(values);
}

/**
 * Reads and checks the value of an option.
 *
 * @param name what messages call the option
 * @throws {InputError} if it is out of the option's range
 */
export function valueFromText(name: string, option: OptionDeclaration, text: string): OptionValue {
  const value = parsed(option, text);
  checkValue(name, option, value);
  return value;
}

function parsed({ kind }: OptionDeclaration, text: string): OptionValue {
  if (kind === "flag") return text === "true" ? true : text === "false" ? false : text;
  const isNumber = kind !== "choice" && text.trim() !== "" && !Number.isNaN(Number(text));
  return isNumber ? Number(text) : text;
}

/**
 * A strategy as text that {@linkcode parseStrategy} reads: its name, and the options that were given, in the
 * order of their declaration. BAIT with nothing but a form has its short name, `bait-exp`.
 */
export function strategyText({ name, definition, options }: Strategy): string {
  const given = Object.keys(optionsOf(definition)).filter((key) => options[key] !== undefined);
  if (name === "bait" && given.length === 1 && given[0] === "fisher") {
    return `bait-${options["fisher"]}`;
  }
  const parts = given.map((key) => options[key] === true ? key : `${key}=${options[key]}`);
  return parts.length > 0 ? `${name}(${parts.join(",")})` : name;
}

/** `top-classes` as `topClasses`. */
export function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** `topClasses` as `top-classes`. */
export function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
