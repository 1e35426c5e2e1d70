/**
 * Options whose values are sizes in bytes.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import type { ExpandOptions } from "../io/dataset.ts";
import { type Given, type Option, textOf } from "./command.ts";

/** The numbers of bytes in the units of sizes. */
const UNITS = { "": 1, kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/** The number of bytes of an option such as `800MB`; undefined if it is not given. */
export function sizeOf(given: Given, name: string): number | undefined {
  const text = textOf(given, name);
  if (text === undefined) return undefined;
  const match = /^(\d+(?:\.\d+)?)\s*(|kB|KB|MB|GB|TB)$/.exec(text);
  if (!match) {
    throw new InputError(`Option --${name} must be a size such as 800MB or 16GB: found ${text}`);
  }
  return Number(match[1]) * UNITS[match[2] as keyof typeof UNITS];
}

/** The option `--max-expand` of commands that read files. */
export const EXPAND_OPTION: Readonly<Record<string, Option>> = {
  "max-expand": {
    value: "SIZE",
    help: "What compressed data may expand to (default 4GiB, and above 64MiB 200 times its size)",
  },
};

/** The value of `--max-expand` as the readers take it. */
export function expandOf(given: Given): ExpandOptions {
  const maxExpandBytes = sizeOf(given, "max-expand");
  return maxExpandBytes === undefined ? {} : { maxExpandBytes: Math.floor(maxExpandBytes) };
}
