/**
 * Checks that no file in src/ and docs/site/src/ has more than {@linkcode limit} lines, and that no
 * line of a comment has more than {@linkcode columns} columns, which `deno fmt` does not check.
 *
 *     deno run -A tasks/sizes.ts    names the files and lines that are too long, exits 1 if any
 *
 * @module
 */

import { join, relative } from "node:path";

/** Lines; a little above the 300 of the style guide, so that a comment never costs a split. */
export const limit = 330;

/** The largest number of columns of a line of a comment. */
export const columns = 100;

/** The files and folders at the root whose comments are checked. */
const COMMENTED = ["mod.ts", "src", "tests", "tasks", "bench", "shaders", "docs/site/src"];

/** Returns a sentence for each file under a folder that has too many lines. */
export async function oversized(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const path of filesUnder(folder, /\.(ts|js|tsx|mjs)$/)) {
    const lines = (await Deno.readTextFile(path)).trimEnd().split("\n").length;
    if (lines > limit) found.push(`${path} has ${lines} lines, at most ${limit} are allowed`);
  }
  return found.sort();
}

/** Returns the numbers, from 1, of the lines of comments that have too many columns. */
export function wideComments(code: string): number[] {
  return code.split("\n").flatMap((line, at) =>
    /^\s*(\/\/|\/\*|\*)/.test(line) && line.length > columns ? [at + 1] : []
  );
}

/** Returns a sentence for each line of a comment in the checked folders that is too long. */
async function wideLines(root: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of COMMENTED) {
    for await (const path of filesUnder(join(root, name), /\.(tsx?|wgsl)$/)) {
      for (const line of wideComments(await Deno.readTextFile(path))) {
        const place = `${relative(root, path)}:${line}`;
        found.push(`${place} is a comment of more than ${columns} columns`);
      }
    }
  }
  return found.sort();
}

/** Yields a file, or the files under a folder whose names match, without the generated ones. */
async function* filesUnder(path: string, names: RegExp): AsyncGenerator<string> {
  if ((await Deno.stat(path)).isDirectory) {
    for await (const { name } of Deno.readDir(path)) yield* filesUnder(join(path, name), names);
  } else if (names.test(path) && !path.includes(".gen.")) yield path;
}

if (import.meta.main) {
  const root = join(import.meta.dirname!, "..");
  const problems = [
    ...await oversized(join(root, "src")),
    ...await oversized(join(root, "docs", "site", "src")),
    ...await wideLines(root),
  ];
  for (const problem of problems) console.error(problem);
  Deno.exit(problems.length > 0 ? 1 : 0);
}
