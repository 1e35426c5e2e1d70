import assert from "node:assert/strict";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname!, "..", "..", "src", "io");

/** The modules under a folder, as paths from src/io. */
function modulesIn(folder: string): string[] {
  return [...Deno.readDirSync(join(FOLDER, folder))].flatMap(({ name, isDirectory }) =>
    isDirectory ? modulesIn(join(folder, name)) : [join(folder, name)]
  );
}

Deno.test("browser: only what reads and writes files needs Deno or Node, and Brotli is loaded lazily", async () => {
  const modules = modulesIn(".");
  assert.ok(modules.length > 20);
  const outside: string[] = [];
  for (const name of modules) {
    const source = await Deno.readTextFile(join(FOLDER, name));
    const code = source.replace(/\/\*[^]*?\*\/|\/\/.*/g, "");
    if (/\bDeno\.|"node:|from "\.{1,2}\/(?:file|output|staging|dataset)\.ts"/.test(code)) {
      outside.push(name);
    }
    assert.doesNotMatch(code, /import (?!type)[^;]*"hyparquet-compressors"/, name);
  }
  assert.deepEqual(outside.sort(), ["dataset.ts", "file.ts", "output.ts", "staging.ts"]);
});
