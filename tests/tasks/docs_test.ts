import assert from "node:assert/strict";
import { join } from "node:path";
import { filled, PAGE, stale } from "../../tasks/docs.ts";
import { STRATEGIES } from "../../src/select/strategy/names.ts";

const page = await Deno.readTextFile(join(import.meta.dirname!, "..", "..", PAGE));

Deno.test("docs: the tables of strategies and options are what the code says", () => {
  assert.deepEqual(stale(page), []);
  assert.equal(filled(page), page);
});

Deno.test("docs: every strategy and every option stands in the tables", () => {
  const [strategies, options] = ["strategies", "options"].map((name) =>
    page.slice(page.indexOf(`<!-- ${name}:begin -->`), page.indexOf(`<!-- ${name}:end -->`))
  );
  const names = [...strategies!.matchAll(/^\| `([a-z-]+)` /gm)].map(([, name]) => name);
  assert.deepEqual(names, [...STRATEGIES]);
  assert.match(options!, /^\| `falcun` +\| `gamma` +\| `--gamma` +\| .* \| 10 +\| /m);
  assert.match(options!, /^\| every strategy +\| `partitions` +\| `--partitions` +\| /m);
});

Deno.test("docs: a stale table is named, and filled again without touching the rest", () => {
  const old = page.replace("| `falcun` ", "| `falkun` ");
  assert.notEqual(old, page);
  assert.deepEqual(stale(old), [
    "docs/strategies.md: the table of strategies is stale: run deno task docs",
  ]);
  assert.equal(filled(old), page);
  const empty = page.replace(
    /<!-- options:begin -->[^]*<!-- options:end -->/,
    "<!-- options:begin --><!-- options:end -->",
  );
  assert.deepEqual(stale(empty), [
    "docs/strategies.md: the table of options is stale: run deno task docs",
  ]);
  assert.equal(filled(empty), page);
  const note = "A sentence that no table holds.\n";
  assert.equal(filled(old + note), page + note);
});

Deno.test("docs: a page without the marks is refused", () => {
  const sentence =
    /docs\/strategies\.md has no <!-- options:begin --> with a later <!-- options:end -->/;
  for (const mark of ["<!-- options:begin -->", "<!-- options:end -->"]) {
    assert.throws(() => stale(page.replace(mark, "")), sentence);
    assert.throws(() => filled(page.replace(mark, "")), sentence);
  }
});
