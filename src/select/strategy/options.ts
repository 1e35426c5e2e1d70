/**
 * Options as data. Each option of a strategy is declared once, in the table of that strategy: its
 * kind, range, default and help. The TypeScript types, the checks, the flags of the command line,
 * the help and the table in docs/strategies.md all follow from that declaration.
 *
 * @module
 */

import { checkNames, foundText } from "../../check-names.ts";
import { InputError } from "../../errors.ts";

/** The properties that the declarations of all kinds of options share. */
export interface OptionBase {
  /** What the option does, in one sentence without a final period. */
  readonly help: string;
  /** The default in words, for a default that depends on other options or on the data. */
  readonly fallback?: string;
}

/** An option whose value is a number within the range of float32. */
export interface NumberOption extends OptionBase {
  /** The kind of the option. */
  readonly kind: "number";
  /** The default value; without one the strategy decides. */
  readonly default?: number;
  /** An exclusive lower bound of the value. */
  readonly above?: number;
  /** An inclusive lower bound of the value. */
  readonly from?: number;
  /** An exclusive upper bound of the value. */
  readonly below?: number;
}

/** An option whose value is a whole number. */
export interface IntegerOption extends OptionBase {
  /** The kind of the option. */
  readonly kind: "integer";
  /** The default value; without one the strategy decides. */
  readonly default?: number;
  /** The smallest value that is allowed. */
  readonly from: number;
  /** The largest value that is allowed. Default: the largest safe integer. */
  readonly to?: number;
}

/** An option whose value is a positive number within the range of float32, or `auto`. */
export interface AutoOption extends OptionBase {
  /** The kind of the option. */
  readonly kind: "number or auto";
  /** The default value. */
  readonly default: "auto";
}

/** An option whose value is one of several names. */
export interface ChoiceOption extends OptionBase {
  /** The kind of the option. */
  readonly kind: "choice";
  /** The names that are allowed. */
  readonly choices: readonly string[];
  /** The default value; without one the strategy decides. */
  readonly default?: string;
}

/** An option that is true or false; the default is false. */
export interface FlagOption extends OptionBase {
  /** The kind of the option. */
  readonly kind: "flag";
}

/** The declaration of one option of any kind. */
export type OptionDeclaration =
  | NumberOption
  | IntegerOption
  | AutoOption
  | ChoiceOption
  | FlagOption;

/** The declarations of the options of a strategy by name, in the order of the documentation. */
export type OptionTable = Readonly<Record<string, OptionDeclaration>>;

/** A value that an option can be set to. */
export type OptionValue = number | string | boolean;

/** The type of the values of an option that is declared in this way. */
export type ValueOf<Declared extends OptionDeclaration> = Declared extends
  NumberOption | IntegerOption ? number
  : Declared extends AutoOption ? number | "auto"
  : Declared extends FlagOption ? boolean
  : Declared extends { readonly choices: readonly (infer Choice extends string)[] } ? Choice
  : never;

/** The options of a table as a caller passes them: every option may be left out. */
export type OptionsOf<Table extends OptionTable> = {
  readonly [Name in keyof Table]?: ValueOf<Table[Name]> | undefined;
};

/** The options of a table after the defaults have been filled in. */
export type ResolvedOptions<Table extends OptionTable> = {
  readonly [Name in keyof Table]: Table[Name] extends FlagOption | { readonly default: OptionValue }
    ? ValueOf<Table[Name]>
    : ValueOf<Table[Name]> | undefined;
};

/**
 * Checks options and fills in the defaults.
 *
 * @param owner the name of the strategy or object that has the options, for messages
 * @param table the declarations
 * @param given the values; an undefined value counts as left out
 * @returns a value for every option that was passed or has a default
 * @throws {InputError} if the options are not an object, one is not in the table, or its value is
 * out of its range
 */
export function resolveOptions<Table extends OptionTable>(
  owner: string,
  table: Table,
  given: OptionsOf<Table>,
): ResolvedOptions<Table> {
  checkNames(owner, given, table);
  const resolved: Record<string, OptionValue | undefined> = {};
  for (const [name, option] of Object.entries(table)) {
    resolved[name] = option.kind === "flag" ? false : option.default;
  }
  for (const [name, value] of Object.entries<OptionValue | undefined>(given)) {
    if (value === undefined) continue;
    checkValue(`${name} of ${owner}`, table[name]!, value);
    resolved[name] = value;
  }
  return resolved as ResolvedOptions<Table>;
}

/** What `checkNames` adds to the messages of functions that take a strategy. */
export const STRATEGY_HINT =
  'the options of a strategy belong in the strategy, as in bait({ fisher: "exp" })';

/**
 * Checks the value of an option.
 *
 * @param name how messages call the option, such as `gamma of falcun` or `--gamma`
 * @param option the declaration
 * @param value the value
 * @throws {InputError} if the value is out of the range of the option
 */
export function checkValue(name: string, option: OptionDeclaration, value: unknown): void {
  if (isAllowed(option, value)) return;
  throw new InputError(`Option ${name} must be ${rangeOf(option)}: found ${foundText(value)}`);
}

function isAllowed(option: OptionDeclaration, value: unknown): boolean {
  switch (option.kind) {
    case "flag":
      return typeof value === "boolean";
    case "choice":
      return option.choices.includes(value as string);
    case "integer":
      return Number.isSafeInteger(value) && (value as number) >= option.from &&
        (value as number) <= (option.to ?? Infinity);
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

/**
 * Describes the values that an option can be set to, for messages, help and forms.
 *
 * @returns a phrase such as `a whole number, 1 or more`
 */
export function rangeOf(option: OptionDeclaration): string {
  switch (option.kind) {
    case "flag":
      return "true or false";
    case "choice":
      return `one of ${option.choices.join(", ")}`;
    case "integer":
      return option.to === undefined
        ? `a whole number, ${option.from} or more`
        : `a whole number from ${option.from} to ${option.to}`;
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
