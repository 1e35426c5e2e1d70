import assert from "node:assert/strict";
import { GOLDEN_CASES } from "../select/golden.ts";
import { STRATEGY_FILES } from "../select/golden-strategies.ts";
import { bundlePage, findChromium, LibraryPage } from "./chromium.ts";

const executable = findChromium();
let opened: Promise<LibraryPage> | undefined;

Deno.test.afterAll(async () => {
  if (opened) await (await opened)[Symbol.asyncDispose]();
});

/** Registers a test on the page, which fails also when anything goes wrong on the page unseen. */
function browserTest(name: string, test: (page: LibraryPage) => Promise<void>): void {
  const note = executable ? "" : " (no chromium or google-chrome on PATH)";
  Deno.test({
    name: `browser: ${name}${note}`,
    ignore: executable === undefined,
    async fn() {
      const page = await (opened ??= LibraryPage.open(executable!));
      page.errors.length = 0;
      await test(page);
      assert.deepEqual(page.errors, []);
    },
  });
}

browserTest("openDevice takes the browser's WebGPU", async (page) => {
  const { kind, name } = await page.call("device");
  assert.equal(kind, "webgpu");
  assert.match(name, /swiftshader/i);
});

for (const name of GOLDEN_CASES) {
  browserTest(`${name} is picked as by the reference`, async (page) => {
    assert.deepEqual(await page.call("golden", name), { differences: [], leaked: 0 });
  });
}

for (const name of STRATEGY_FILES) {
  browserTest(`${name}: every strategy with a reference picks as it does`, async (page) => {
    assert.deepEqual(await page.call("strategies", name), { differ: [], leaked: 0 });
  });
}

browserTest("every strategy runs, and picks as on the CPU", async (page) => {
  const { differ, count } = await page.call("everyStrategy");
  assert.deepEqual([differ, count], [[], 23]);
});

browserTest("an app's own GPUDevice is used as it is, and not destroyed", async (page) => {
  const { picks, cpu, limit, after } = await page.call("ownDevice");
  assert.deepEqual(picks, cpu);
  assert.equal(limit, 128 * 2 ** 20);
  assert.deepEqual(after, [3, 1, 4]);
});

browserTest("a wrong call is refused as in Deno", async (page) => {
  assert.equal(
    await page.call("refusal"),
    "InputError: Cannot select 3 samples: only 2 are unlabeled",
  );
});

browserTest("nothing is requested except the page, its script and the test's own files", (page) => {
  const paths = page.requests.map((url) => new URL(url)).map(({ hostname, pathname, protocol }) =>
    protocol === "data:" ? "data:" : hostname + pathname
  );
  assert.ok(paths.includes("localhost/page.js"));
  assert.deepEqual(
    paths.filter((path) => !/^(?:data:|localhost\/(?:page\.js|golden\/\w+\.\w+)?)$/.test(path)),
    [],
  );
  return Promise.resolve();
});

Deno.test("browser: the bundle is one module without Deno or Node", async () => {
  // Examples in comments may import from Node.
  const code = (await bundlePage()).replaceAll(/\/\*[^]*?\*\//g, "");
  assert.doesNotMatch(code, /\bDeno\.|["'](?:node|npm|jsr):|\bprocess\./);
});
