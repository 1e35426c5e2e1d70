/**
 * The option `--scale`, and the word that files and JSON have for a scale.
 *
 * @module
 */

import { type Scale, SCALES } from "../pool/pool.ts";
import { type Given, type Option, textOf } from "./command.ts";

/**
 * The option `--scale`. The British spelling is part of the command line's contract.
 *
 * @param fallback what the help says about the default
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

/** The value of `--scale`; undefined where it is not given. */
export function scaleOf(given: Given): Scale | undefined {
  return textOf(given, "scale") as Scale | undefined;
}

/** What `--json` and saved files call a scale: they have said `standardise` from the start. */
export function writtenScale(scale: Scale): string {
  return scale === "standardize" ? "standardise" : scale;
}
