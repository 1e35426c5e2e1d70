/**
 * Checks of the numeric options of training.
 *
 * @module
 */

import { InputError } from "../errors.ts";

/**
 * Checks that several options are in one range.
 *
 * @param options the values of the options by name
 * @param allowed returns whether a value is in the range
 * @param words the description of the range in the error message
 * @throws {InputError} if a value is out of range
 */
export function checkRange(
  options: Record<string, number>,
  allowed: (value: number) => boolean,
  words: string,
): void {
  for (const [name, value] of Object.entries(options)) {
    if (!allowed(value)) {
      throw new InputError(`Cannot train with ${name} ${value}: it must be ${words}`);
    }
  }
}

/** Returns whether a value is a positive integer. */
export function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}
