import assert from "node:assert/strict";
import { columns, limit, oversized, wideComments } from "../../tasks/sizes.ts";

Deno.test("sizes: lines of comments that are too wide are found, of every kind", () => {
  const wide = "x".repeat(columns);
  const code = [
    `// ${wide.slice(3)}`,
    `// ${wide}`,
    `const text = "${wide}"; // code is left to deno fmt`,
    `/** ${wide} */`,
    "/**",
    `   * ${wide}`,
    " */",
  ].join("\n");
  assert.deepEqual(wideComments(code), [2, 4, 6]);
});

Deno.test("sizes: files with too many lines are found, but for generated ones", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/room`);
    await Deno.writeTextFile(`${folder}/room/fits.ts`, "1;\n".repeat(limit));
    await Deno.writeTextFile(`${folder}/room/long.ts`, "1;\n".repeat(limit + 1));
    await Deno.writeTextFile(`${folder}/room/long.gen.ts`, "1;\n".repeat(limit + 1));
    const [found, ...others] = await oversized(folder);
    assert.match(found!, /long\.ts has 331 lines, at most 330 are allowed$/);
    assert.deepEqual(others, []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
