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
 * @param known the names that the function has
 * @param hint what the message adds in parentheses, if anything
 * @throws {InputError} if there is another one, or the options are not an object
 */
export function checkNames(
  owner: string,
  given: object,
  known: Readonly<Record<string, true>>,
  hint?: string,
): void {
  if (typeof given !== "object" || given === null) {
    throw new InputError(`The options of ${owner} must be an object: found ${given}`);
  }
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || Object.hasOwn(known, name)) continue;
    const { message } = unknownOption(owner, name, Object.keys(known));
    throw new InputError(hint ? `${message} (${hint})` : message);
  }
}

/** The error for an option that its owner does not have. */
export function unknownOption(owner: string, name: string, known: readonly string[]): InputError {
  const has = known.length > 0 ? `it has ${known.join(", ")}` : "it has none";
  return new InputError(`Unknown option ${name} of ${owner}: ${has}`);
}
