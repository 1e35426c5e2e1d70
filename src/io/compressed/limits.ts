/**
 * How far compressed data may expand: a file of kilobytes must not fill the memory.
 *
 * @module
 */

import { InputError } from "../../errors.ts";

/** The largest size that compressed data may expand to without an option, in bytes. */
export const DEFAULT_EXPAND_BYTES = 4 * 2 ** 30;

/** Up to this size compressed data may expand at any ratio, in bytes. */
const ANY_RATIO_BYTES = 64 * 2 ** 20;

/** The largest ratio of larger sizes without an option. Text of numbers has ratios below 20. */
const LARGEST_RATIO = 200;

/**
 * Returns the size that compressed data may expand to. Without an option that is 4 GiB, and above
 * 64 MiB at most 200 times the compressed size.
 *
 * @param compressed the compressed size in bytes
 * @param maxExpandBytes the option, which replaces both limits; undefined if it is not given
 */
export function expandLimit(compressed: number, maxExpandBytes?: number): number {
  if (maxExpandBytes !== undefined) return maxExpandBytes;
  return Math.min(DEFAULT_EXPAND_BYTES, Math.max(ANY_RATIO_BYTES, LARGEST_RATIO * compressed));
}

/**
 * Checks a value of the option `maxExpandBytes`.
 *
 * @throws {InputError} if it is not a positive whole number
 */
export function checkExpandBytes(value: number | undefined): void {
  if (value === undefined || (Number.isSafeInteger(value) && value > 0)) return;
  throw new InputError(`Cannot use maxExpandBytes ${value}: it must be a whole number above 0`);
}

/** Creates the error for data that expands beyond its limit. */
export function expandsTooFar(name: string, compressed: number, limit: number): InputError {
  return new InputError(
    `Cannot read ${name}: its ${compressed} compressed bytes expand to more than ${limit}; ` +
      `if that is meant, allow more with --max-expand (maxExpandBytes in programs)`,
  );
}
