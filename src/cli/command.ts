/**
 * Commands and their arguments: a table of options as data, from which the parser, its messages and
 * `--help` follow.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { InputError } from "../errors.ts";
import { nearest } from "./nearest.ts";

/** One option of a command. */
export interface Option {
  /** The placeholder of its value in the help, such as `FILE`; a flag has none. */
  readonly value?: string;
  /** The letter that stands for the name, as in `-h`. */
  readonly short?: string;
  /** The allowed values, if they are names. */
  readonly choices?: readonly string[];
  /** Other spellings of the allowed values, with the value that each stands for. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** The default, for the help. */
  readonly fallback?: string;
  /** A description in one line. */
  readonly help: string;
}

/** The options that were given, by name. */
export type Given = Readonly<Record<string, string | true | undefined>>;

/** A command of the command line. */
export interface Command {
  /** The name of the command. */
  readonly name: string;
  /** A description in one line. */
  readonly summary: string;
  /** The positional arguments as the help shows them. */
  readonly positionals: readonly string[];
  /** The options by name. */
  readonly options: Readonly<Record<string, Option>>;
  /** Examples for the help. */
  readonly examples: readonly string[];
  /**
   * Returns where an unknown option belongs, as the end of a sentence; undefined if that is
   * unknown.
   */
  readonly elsewhere?: (option: string) => string | undefined;
  /** Runs the command. */
  run(positionals: readonly string[], given: Given): Promise<void>;
}

/** The options of every command. */
export const COMMON: Readonly<Record<string, Option>> = {
  quiet: { help: "No progress and no notes on stderr" },
  verbose: { help: "After an error, its details on stderr, for a report" },
  help: { short: "h", help: "This text" },
};

/**
 * Parses the arguments of a command.
 *
 * @throws {InputError} for an unknown option (with the nearest known name), a missing or forbidden
 * value, a value that is not allowed, or a wrong number of positional arguments
 */
export function parse(
  command: Command,
  args: readonly string[],
): { positionals: string[]; given: Given } {
  const options = { ...command.options, ...COMMON };
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: Object.fromEntries(
      Object.entries(options).map(([name, { value, short }]) => [
        name,
        { type: value ? "string" as const : "boolean" as const, ...(short && { short }) },
      ]),
    ),
  });
  const given: Record<string, string | true> = {};
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (!option) {
      const hint = command.elsewhere?.(token.name) ?? suggestion(token.name, options);
      throw new InputError(`Unknown option ${token.rawName} of ${command.name}: ${hint}`);
    }
    // `parseArgs` would take the next option as a missing value.
    const missing = token.inlineValue === false && token.value.startsWith("--");
    given[token.name] = valueOf(token.name, option, missing ? undefined : token.value);
  }
  if (given["help"]) return { positionals, given };
  checkPositionals(command, positionals);
  return { positionals, given };
}

function suggestion(name: string, options: Readonly<Record<string, Option>>): string {
  const known = nearest(name, Object.keys(options));
  return known ? `did you mean --${known}?` : "see --help";
}

function valueOf(name: string, option: Option, value: string | undefined): string | true {
  if (!option.value) {
    if (value !== undefined) {
      throw new InputError(`Option --${name} takes no value: found ${value}`);
    }
    return true;
  }
  if (value === undefined) throw new InputError(`Option --${name} needs a value: ${option.value}`);
  const { choices, aliases } = option;
  if (aliases && Object.hasOwn(aliases, value)) return aliases[value]!;
  if (choices && !choices.includes(value)) {
    const near = nearest(value, choices);
    throw new InputError(
      `Unknown ${name} ${value}: use ${choices.join(", ")}${
        near ? ` (did you mean ${near}?)` : ""
      }`,
    );
  }
  return value;
}

function checkPositionals(command: Command, found: readonly string[]): void {
  const required = command.positionals.filter((name) => !name.startsWith("["));
  if (found.length < required.length) {
    throw new InputError(
      `Missing ${required[found.length]}: usage is creel ${usageOf(command)}`,
    );
  }
  const open = command.positionals.some((name) => name.endsWith("..."));
  if (!open && found.length > command.positionals.length) {
    throw new InputError(
      `Unexpected argument ${found[command.positionals.length]}: usage is creel ${
        usageOf(command)
      }`,
    );
  }
}

function usageOf(command: Command): string {
  return [command.name, ...command.positionals, "[OPTIONS]"].join(" ");
}

/** The column in which the help of an option starts. */
const HELP_COLUMN = 34;
/** The largest number of columns of the help of an option. */
const HELP_WIDTH = 76;
/** A longer list of allowed values is part of the help instead of the usage. */
const FEW_CHOICES = 8;

/** Breaks a text into lines. */
function wrapped(text: string): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.at(-1)!;
    if (last === "") lines[lines.length - 1] = word;
    else if (last.length + word.length < HELP_WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** The help of a command. */
export function helpOf(command: Command): string {
  const entries = Object.entries({ ...command.options, ...COMMON }).map(([name, option]) => {
    const { choices = [], help } = option;
    const brief = choices.length > 0 && choices.length <= FEW_CHOICES;
    const value = brief ? choices.join("|") : option.value;
    const flag = `--${name}${option.short ? `, -${option.short}` : ""}${value ? ` ${value}` : ""}`;
    const fallback = option.fallback ? ` (default ${option.fallback})` : "";
    const all = choices.length > FEW_CHOICES ? `: ${choices.join(", ")}` : "";
    return [flag, wrapped(`${help}${fallback}${all}`)] as const;
  });
  const lines = entries.flatMap(([flag, help]) => {
    const indented = help.map((line) => `${" ".repeat(HELP_COLUMN)}${line}`);
    if (flag.length > HELP_COLUMN - 4) return [`  ${flag}`, ...indented];
    return [`  ${flag.padEnd(HELP_COLUMN - 2)}${help[0]}`, ...indented.slice(1)];
  });
  return [
    `${command.summary}.`,
    "",
    `Usage: creel ${usageOf(command)}`,
    "",
    "Options:",
    ...lines,
    ...(command.examples.length > 0
      ? ["", "Examples:", ...command.examples.map((line) => `  ${line}`)]
      : []),
    "",
  ].join("\n");
}

/** The value of an option as a whole number; undefined if it is not given. */
export function integerOf(given: Given, name: string): number | undefined {
  const value = numberOf(given, name);
  if (value !== undefined && !Number.isSafeInteger(value)) {
    throw new InputError(`Option --${name} must be a whole number: found ${given[name]}`);
  }
  return value;
}

/** The value of an option as a number; undefined if it is not given. */
export function numberOf(given: Given, name: string): number | undefined {
  const text = given[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (typeof text !== "string" || text.trim() === "" || !Number.isFinite(value)) {
    throw new InputError(`Option --${name} must be a number: found ${text}`);
  }
  return value;
}

/** The value of an option as text; undefined if it is not given. */
export function textOf(given: Given, name: string): string | undefined {
  const value = given[name];
  return value === true ? undefined : value;
}
