/**
 * Recognizes the reports and figures that Creel wrote earlier. Their names are fixed and common, so
 * a file of such a name is replaced only if its content shows that it is one of them.
 *
 * @module
 */

import { basename } from "node:path";
import { InputError } from "../errors.ts";
import { readBytes } from "../io/bytes.ts";
import { openFile, statusOf } from "../io/file.ts";
import { checkNoInput, checkOutput } from "../io/output.ts";

/** How the files begin, by their names. */
const BEGINNINGS: Readonly<Record<string, RegExp>> = {
  "curves.csv": /^strategy,seed,labels,/,
  "summary.json": /^\{\s*"metric": "(?:accuracy|meanAveragePrecision|rmse)",\s*"settings": \{/,
  "curves.svg": /^<svg [^>]*class="marks"/,
  "report.html": /^<!DOCTYPE html>[^]*?<title>Creel: a simulation of active learning<\/title>/,
  "demo.svg": /^<svg [^>]*class="marks"/,
  "demo.html": /^<!DOCTYPE html>[^]*?<title>Creel: which digits to label next<\/title>/,
};

/** The number of bytes that are enough to recognize a file. */
const ENOUGH = 1024;

/** The options of {@linkcode checkOwnFile}. */
export interface OwnFileOptions {
  /** Whether an earlier file of Creel is replaced. */
  readonly force: boolean;
  /** The files that are read, none of which is replaced. */
  readonly inputs: readonly string[];
}

/**
 * Checks that a report or figure can be written.
 *
 * @param path the file, whose folder exists
 * @param options whether an earlier one is replaced, and the inputs
 * @throws {InputError} if the path is an input, leads to something that Creel did not write, or
 * exists and `force` is not set
 */
export async function checkOwnFile(path: string, { force, inputs }: OwnFileOptions): Promise<void> {
  await checkNoInput(path, inputs);
  if ((await statusOf(path))?.isFile() && !BEGINNINGS[basename(path)]!.test(await startOf(path))) {
    throw new InputError(
      `Cannot write ${path}: it exists and is not of Creel (move it, or take another --out)`,
    );
  }
  await checkOutput(path, { force });
}

async function startOf(path: string): Promise<string> {
  await using file = await openFile(path);
  return new TextDecoder().decode(await readBytes(file, 0, Math.min(ENOUGH, file.size)));
}
