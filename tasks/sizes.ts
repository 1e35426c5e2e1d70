/**
 * No file in src/ outgrows a reader: above {@linkcode limit} lines it is asking to be two.
 *
 *     deno run -A tasks/sizes.ts    names the files that are too long, exits 1 if any
 *
 * @module
 */

import { join } from "node:path";

/**
 * Lines; a little above the 300 that the style guide names, so that a comment never costs a split.
 */
export const limit = 330;

/**
 * The files under a folder that are longer than the limit, one line each; generated ones are
 * exempt.
 */
export async function oversized(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) found.push(...await oversized(path));
    else if (/\.(ts|js|tsx|mjs)$/.test(entry.name) && !entry.name.includes(".gen.")) {
      const lines = (await Deno.readTextFile(path)).trimEnd().split("\n").length;
      if (lines > limit) found.push(`${path} has ${lines} lines, at most ${limit} are allowed`);
    }
  }
  return found.sort();
}

if (import.meta.main) {
  const problems = await oversized(join(import.meta.dirname!, "..", "src"));
  for (const problem of problems) console.error(problem);
  Deno.exit(problems.length > 0 ? 1 : 0);
}
