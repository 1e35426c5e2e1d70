/**
 * Checks of the names of options, which TypeScript alone does not ensure in plain JavaScript.
 *
 * @module
 */

import { InputError } from "./errors.ts";

/** The names of all options of an interface, each once. */
export type OptionNames<Options> = Readonly<Record<keyof Options, true>>;

/**
 * Checks that a function has all options that were passed.
 *
 * @param owner the function, for the message
 * @param given the options; an option that is undefined counts as left out
 * @param known an object with the names that the function has
 * @param hint what the message adds in parentheses, if anything
 * @throws {InputError} if there is another one, or the options are not an object
 */
export function checkNames(
  owner: string,
  given: object,
  known: object,
  hint?: string,
): void {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new InputError(`The options of ${owner} must be an object: found ${foundText(given)}`);
  }
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || Object.hasOwn(known, name)) continue;
    const names = Object.keys(known);
    const has = names.length > 0 ? `it has ${names.join(", ")}` : "it has none";
    const message = `Unknown option ${name} of ${owner}: ${has}`;
    throw new InputError(hint ? `${message} (${hint})` : message);
  }
}

/** A value for a message: strings in quotes, objects and functions by their kind. */
export function foundText(value: unknown): string {
  if (typeof value === "string") return `"${value}"`;
  if (Array.isArray(value)) return "an array";
  if (typeof value === "function") return "a function";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
