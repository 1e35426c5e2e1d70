/**
 * Options as data. Each option of a strategy is declared once, in the strategy's own table: its kind, range,
 * default and a sentence. The types of its values, their checks, the flags of the command line, the help and
 * the table in docs/strategies.md all follow from that.
 *
 * @module
 */

import { InputError } from "../../errors.ts";

/** What all kinds of options have. */
export interface OptionBase {
  /** What it does, in one sentence. */
  readonly help: string;
  /** The default in words, where it depends on something else. */
  readonly fallback?: string;
}

/** A number that float32 can hold. */
export interface NumberOption extends OptionBase {
  /** Which kind it is. */
  readonly kind: "number";
  /** The default. */
  readonly default?: number;
  /** It must be larger than this. */
  readonly above?: number;
  /** It must be this or larger. */
  readonly from?: number;
  /** It must be smaller than this. */
  readonly below?: number;
}

/** A whole number. */
export interface IntegerOption extends OptionBase {
  /** Which kind it is. */
  readonly kind: "integer";
  /** The default. */
  readonly default?: number;
  /** The least it may be. */
  readonly from: number;
}

/** A positive number that float32 can hold, or `auto`. */
export interface AutoOption extends OptionBase {
  /** Which kind it is. */
  readonly kind: "number or auto";
  /** The default. */
  readonly default: "auto";
}

/** One of several names. */
export interface ChoiceOption extends OptionBase {
  /** Which kind it is. */
  readonly kind: "choice";
  /** The names. */
  readonly choices: readonly string[];
  /** The default. */
  readonly default?: string;
}

/** True or false; false by default. */
export interface FlagOption extends OptionBase {
  /** Which kind it is. */
  readonly kind: "flag";
}

/** The declaration of one option. */
export type OptionDeclaration =
  | NumberOption
  | IntegerOption
  | AutoOption
  | ChoiceOption
  | FlagOption;

/** Options by name, in the order of the documentation. */
export type OptionTable = Readonly<Record<string, OptionDeclaration>>;

/** What an option can be set to. */
export type OptionValue = number | string | boolean;

/** The values that an option may have. */
export type ValueOf<Declared extends OptionDeclaration> = Declared extends
  NumberOption | IntegerOption ? number
  : Declared extends AutoOption ? number | "auto"
  : Declared extends FlagOption ? boolean
  : Declared extends { readonly choices: readonly (infer Choice extends string)[] } ? Choice
  : never;

/** The options of a table as a caller gives them: all may be left out. */
export type OptionsOf<Table extends OptionTable> = {
  readonly [Name in keyof Table]?: ValueOf<Table[Name]> | undefined;
};

/** The options of a table with their defaults. */
export type ResolvedOptions<Table extends OptionTable> = {
  readonly [Name in keyof Table]: Table[Name] extends FlagOption | { readonly default: OptionValue }
    ? ValueOf<Table[Name]>
    : ValueOf<Table[Name]> | undefined;
};

/**
 * Checks options and fills in the defaults.
 *
 * @param owner what has the options, such as the name of a strategy, for messages
 * @param table the declarations
 * @param given the values; what is undefined counts as left out
 * @throws {InputError} if an option is not in the table, or its value is out of its range
 */
export function resolveOptions<Table extends OptionTable>(
  owner: string,
  table: Table,
  given: OptionsOf<Table>,
): ResolvedOptions<Table> {
  const resolved: Record<string, OptionValue | undefined> = {};
  for (const [name, option] of Object.entries(table)) {
    resolved[name] = option.kind === "flag" ? false : option.default;
  }
  for (const [name, value] of Object.entries<OptionValue | undefined>(given)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(table, name)) throw unknownOption(owner, name, Object.keys(table));
    checkValue(`${name} of ${owner}`, table[name]!, value);
    resolved[name] = value;
  }
  return resolved as ResolvedOptions<Table>;
}

/**
 * Refuses options that a function does not have; TypeScript does so too, but not in plain JavaScript.
 *
 * @param owner the function, for the message
 * @param given the options; what is undefined counts as left out
 * @param known the names that the function has
 * @throws {InputError} if there is another one
 */
export function checkNames(
  owner: string,
  given: object,
  known: Readonly<Record<string, true>>,
): void {
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || Object.hasOwn(known, name)) continue;
    throw new InputError(
      `${
        unknownOption(owner, name, Object.keys(known)).message
      } (the options of a strategy stand ` +
        'in the strategy, as in bait({ fisher: "exp" }))',
    );
  }
}

/** The error for an option that is not in a table. */
export function unknownOption(owner: string, name: string, known: readonly string[]): InputError {
  const has = known.length > 0 ? `it has ${known.join(", ")}` : "it has none";
  return new InputError(`Unknown option ${name} of ${owner}: ${has}`);
}

/**
 * Checks the value of an option.
 *
 * @param name what messages call the option, such as `gamma of falcun` or `--gamma`
 * @throws {InputError} if it is out of the option's range
 */
export function checkValue(name: string, option: OptionDeclaration, value: unknown): void {
  if (isAllowed(option, value)) return;
  throw new InputError(`Option ${name} must be ${rangeOf(option)}: found ${foundText(value)}`);
}

/** A value in words: strings in quotes, and what has no text of its own by its kind. */
function foundText(value: unknown): string {
  if (typeof value === "string") return `"${value}"`;
  if (Array.isArray(value)) return "an array";
  if (typeof value === "function") return "a function";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

function isAllowed(option: OptionDeclaration, value: unknown): boolean {
  switch (option.kind) {
    case "flag":
      return typeof value === "boolean";
    case "choice":
      return option.choices.includes(value as string);
    case "integer":
      return Number.isSafeInteger(value) && (value as number) >= option.from;
    case "number or auto":
      return value === "auto" ||
        isAllowed({ ...option, kind: "number", default: 0, above: 0 }, value);
    case "number": {
      if (typeof value !== "number") return false;
      const { above = -Infinity, from = -Infinity, below = Infinity } = option;
      // A GPU computes in float32, where 1e-300 is 0 and 1e300 is infinite.
      const rounded = Math.fround(value);
      return Number.isFinite(rounded) && rounded > above && value >= from && value < below;
    }
  }
}

/** What an option may be set to, in words: `a whole number, 1 or more`. */
export function rangeOf(option: OptionDeclaration): string {
  switch (option.kind) {
    case "flag":
      return "true or false";
    case "choice":
      return `one of ${option.choices.join(", ")}`;
    case "integer":
      return `a whole number, ${option.from} or more`;
    case "number or auto":
      return "a positive float32 number or auto";
    case "number": {
      const { above, from, below } = option;
      if (from !== undefined) return `a number, ${from} or more`;
      if (below !== undefined) return `a number above ${above} and below ${below}`;
      return above === 0 ? "a positive float32 number" : "a float32 number";
    }
  }
}
