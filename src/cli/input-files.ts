/**
 * The files that a command reads, none of which its output may replace.
 *
 * @module
 */

import { type Given, textOf } from "./command.ts";
import { isStrategyFile } from "./strategy-file.ts";

/** The options whose value is the path of a file, or a list of them. */
const FILES = [
  ...["logits", "probs", "head", "member-logits", "labels", "targets", "labeled"],
  ...["test", "test-labels", "test-targets"],
] as const;

/**
 * Lists the files that a command reads. Values of options that are no paths, such as `--head mlp`,
 * do no harm where no file has that name.
 *
 * @param path the file with the features
 * @param given the options
 */
export function inputFiles(path: string, given: Given): string[] {
  const texts = (names: readonly string[]) =>
    names.flatMap((name) => {
      const text = textOf(given, name);
      // A list, or one path with a comma.
      return text === undefined ? [] : [text, ...text.split(",")];
    });
  const named = texts(FILES);
  const strategies = texts(["strategy", "strategies"]);
  const scripts = strategies.map((text) => text.replace(/\(.*/, "").trim()).filter(isStrategyFile);
  return [path, ...named, ...scripts];
}
