/**
 * No name stands for two things: what the files in src/ export differs in name, so that a name that
 * is read in one place means the same in all others.
 *
 *     deno run -A tasks/names.ts    names what is exported twice, exits 1 if anything is
 *
 * @module
 */

import { join } from "node:path";

/** The names that a module declares and exports; a type and a value of one name count once. */
export function exportedNames(code: string): string[] {
  const declared = code.matchAll(
    /^export (?:declare )?(?:abstract )?(?:async )?(?:function\*?|const|let|class|interface|type|enum) (\w+)/gm,
  );
  return [...new Set(Array.from(declared, ([, name]) => name!))];
}

/** Names that several files export, one line each. */
export function repeated(files: ReadonlyMap<string, string>): string[] {
  const owners = new Map<string, string[]>();
  for (const [file, code] of files) {
    for (const name of exportedNames(code)) {
      owners.set(name, [...owners.get(name) ?? [], file]);
    }
  }
  return [...owners]
    .filter(([, places]) => places.length > 1)
    .map(([name, places]) => `${name} is exported by ${places.join(" and ")}`);
}

/** The modules under a folder; generated ones, which all export the same, are left out. */
async function modulesIn(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) {
      for (const [file, code] of await modulesIn(path)) found.set(file, code);
    } else if (name.endsWith(".ts") && !name.endsWith(".gen.ts")) {
      found.set(path, await Deno.readTextFile(path));
    }
  }
  return found;
}

if (import.meta.main) {
  const root = join(import.meta.dirname!, "..");
  const problems = repeated(await modulesIn(join(root, "src")));
  for (const problem of problems) console.error(problem.replaceAll(`${root}/`, ""));
  Deno.exit(problems.length > 0 ? 1 : 0);
}
