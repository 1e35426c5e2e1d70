/**
 * Strategies as text: `margin`, `bait(fisher=exp)`, `falcun(gamma=3, deterministic)`.
 *
 * @module
 */

import { checkNames } from "../../check-names.ts";
import { InputError } from "../../errors.ts";
import { FISHERS } from "./bait-report.ts";
import {
  checkValue,
  type OptionDeclaration,
  type OptionTable,
  type OptionValue,
} from "./options.ts";
import { optionsOf, type Strategy, type StrategyFactory } from "./strategy.ts";

/** A strategy as text, split into its name and its options. */
export interface StrategyText {
  /** The text before the parentheses: the name of a strategy or the path of a file. */
  readonly name: string;
  /** The options by their names in camel case; a flag without a value is `true`. */
  readonly options: Readonly<Record<string, string>>;
}

/**
 * Splits the text of a strategy into its name and its options. The short names `bait-exp`,
 * `bait-full`, `bait-binary`, `bait-regression` and `bait-classes` stand for `bait(fisher=exp)` and
 * so on.
 *
 * @throws {InputError} if the text is neither a name nor a name with options in parentheses
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

/** Splits a list of strategies at the commas outside parentheses. */
export function splitStrategies(text: string): string[] {
  return text.split(/,(?![^(]*\))/).map((part) => part.trim());
}

/**
 * Makes a strategy from options that are given as text.
 *
 * @throws {InputError} if an option is unknown or out of its range
 */
export function strategyFromText(
  factory: StrategyFactory,
  options: StrategyText["options"],
): Strategy {
  const { definition } = factory;
  const table: OptionTable = optionsOf(definition);
  checkNames(definition.name, options, table);
  const values: Record<string, OptionValue> = {};
  for (const [name, text] of Object.entries(options)) {
    values[name] = valueFromText(`${name} of ${definition.name}`, table[name]!, text);
  }
  return (factory as (options: typeof values) => Strategy)(values);
}

/**
 * Parses and checks the value of an option.
 *
 * @param name how messages call the option
 * @param option the declaration
 * @param text the value as text
 * @throws {InputError} if the value is out of the range of the option
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
 * Formats a strategy as text that {@linkcode parseStrategy} reads: its name and the options that
 * were set, in the order of their declaration. BAIT with no option but a form has its short name,
 * such as `bait-exp`.
 */
export function strategyText({ name, definition, options }: Strategy): string {
  const given = Object.keys(optionsOf(definition)).filter((key) => options[key] !== undefined);
  if (name === "bait" && given.length === 1 && given[0] === "fisher") {
    return `bait-${options["fisher"]}`;
  }
  const parts = given.map((key) => options[key] === true ? key : `${key}=${options[key]}`);
  return parts.length > 0 ? `${name}(${parts.join(",")})` : name;
}

/** Converts kebab case to camel case: `top-classes` to `topClasses`. */
export function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Converts camel case to kebab case: `topClasses` to `top-classes`. */
export function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
