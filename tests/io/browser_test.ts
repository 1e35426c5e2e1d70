import assert from "node:assert/strict";

Deno.test("browser: only file.ts and dataset.ts need Deno or Node, and hyparquet is loaded lazily", async () => {
  const folder = new URL("../../src/io/", import.meta.url);
  const outside: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    const source = await Deno.readTextFile(new URL(name, folder));
    const code = source.replace(/\/\*[^]*?\*\/|\/\/.*/g, "");
    if (/\bDeno\.|"node:|from "\.\/(?:file|dataset)\.ts"/.test(code)) outside.push(name);
    assert.doesNotMatch(code, /import (?!type)[^;]*"hyparquet"/, name);
  }
  assert.deepEqual(outside.sort(), ["dataset.ts", "file.ts"]);
});
