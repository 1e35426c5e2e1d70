/**
 * Checks of numbers that training is given.
 *
 * @module
 */

import { InputError } from "../errors.ts";

/**
 * Checks several options.
 *
 * @param options the values by name
 * @param allowed whether a value is in its range
 * @param words what it must be, for the message
 * @throws {InputError} if one is out of its range
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

/** Whether a value is a whole number from 1 on. */
export function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}
