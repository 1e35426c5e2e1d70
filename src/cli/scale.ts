/**
 * The option `--scale`, and the spelling of scales in files and JSON.
 *
 * @module
 */

import { type Scale, SCALES } from "../pool/pool.ts";
import { type Given, type Option, textOf } from "./command.ts";

/**
 * The option `--scale`. The British spelling is an alias, which existing scripts use.
 *
 * @param fallback the default, for the help
 */
export function scaleOption(fallback: string): Option {
  return {
    value: "NAME",
    choices: SCALES,
    aliases: { standardise: "standardize" },
    fallback,
    help: "What is done to the features first",
  };
}

/** The value of `--scale`; undefined if it is not given. */
export function scaleOf(given: Given): Scale | undefined {
  return textOf(given, "scale") as Scale | undefined;
}

/**
 * The spelling of a scale in `--json` and saved files, which have used `standardise` from the first
 * version.
 */
export function writtenScale(scale: Scale): string {
  return scale === "standardize" ? "standardise" : scale;
}
