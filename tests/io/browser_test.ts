import assert from "node:assert/strict";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname!, "..", "..", "src", "io");

/** The modules under a folder, as paths from src/io. */
function modulesIn(folder: string): string[] {
  return [...Deno.readDirSync(join(FOLDER, folder))].flatMap(({ name, isDirectory }) =>
    isDirectory ? modulesIn(join(folder, name)) : [join(folder, name)]
  );
}

Deno.test("browser: only file.ts, staging.ts and dataset.ts need Deno or Node, and hyparquet is loaded lazily", async () => {
  const modules = modulesIn(".");
  assert.ok(modules.length > 20);
  const outside: string[] = [];
  for (const name of modules) {
    const source = await Deno.readTextFile(join(FOLDER, name));
    const code = source.replace(/\/\*[^]*?\*\/|\/\/.*/g, "");
    if (/\bDeno\.|"node:|from "\.{1,2}\/(?:file|dataset)\.ts"/.test(code)) outside.push(name);
    assert.doesNotMatch(code, /import (?!type)[^;]*"hyparquet"/, name);
  }
  assert.deepEqual(outside.sort(), ["dataset.ts", "file.ts", "staging.ts"]);
});
