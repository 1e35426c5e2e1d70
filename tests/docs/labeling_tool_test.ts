/**
 * The example "Creel in your labeling tool" in Deno, and built by Vite on a page without WebGPU,
 * which tests/browser/ has.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { build } from "vite";
import { label, type LabelingTool } from "../../docs/examples/labeling-tool.ts";
import { findChromium, QUIET_FLAGS } from "../browser/chromium.ts";
import { Random } from "../fixture.ts";

const root = join(import.meta.dirname!, "..", "..");
const EXAMPLE = join(root, "docs", "examples", "labeling-tool.ts");
const executable = findChromium();
const note = executable ? "" : " (no chromium or google-chrome on PATH)";

const [ROWS, COLUMNS] = [90, 3];
const CLASSES = ["cat", "dog"];
const embeddings = Float32Array.from(
  new Random(5).normals(ROWS * COLUMNS),
  (value, e) => value / 4 + (e % COLUMNS === Math.floor(e / COLUMNS) % 2 ? 1 : 0),
);
const classOf = (row: number) => CLASSES[row % 2]!;

/** A tool whose person knows the classes, and leaves after some answers. */
function toolThat(answers: number): LabelingTool & { asked: number[]; saved: string | undefined } {
  return {
    asked: [],
    saved: undefined,
    ask(row) {
      if (this.asked.length === answers) return Promise.reject(new Error("gone"));
      this.asked.push(row);
      return Promise.resolve(row === 7 ? undefined : classOf(row));
    },
    load() {
      return Promise.resolve(this.saved);
    },
    save(project) {
      this.saved = project;
      return Promise.resolve();
    },
  };
}

Deno.test("labeling tool: the guide shows the example, word for word", async () => {
  const guide = await Deno.readTextFile(join(root, "docs", "guide.md"));
  const section = guide.slice(guide.indexOf("## Creel in your labeling tool"));
  const [, code] = /^```ts\n([^]*?)^```$/m.exec(section) ?? [];
  assert.equal(code, await Deno.readTextFile(EXAMPLE));
});

Deno.test("labeling tool: a person who leaves goes on where they were, and the head learns", async () => {
  const person = toolThat(13);
  await assert.rejects(label(person, embeddings, COLUMNS, CLASSES, 24), /gone/);
  assert.equal(person.asked.length, 13);

  const again = Object.assign(toolThat(Infinity), { saved: person.saved });
  const learner = await label(again, embeddings, COLUMNS, CLASSES, 24);
  const asked = [...person.asked, ...again.asked];
  assert.equal(new Set(asked).size, asked.length, "a sample was asked for twice");
  assert.equal(learner.labels.length, 24);
  for (const { index, label } of learner.labels) assert.equal(CLASSES[label], classOf(index));

  const probabilities = await learner.predict({ data: embeddings, columns: COLUMNS });
  const right = Array.from({ length: ROWS }, (_, row) => row)
    .filter((row) => probabilities[2 * row + row % 2]! > 0.5);
  assert.ok(right.length > 0.85 * ROWS, `${right.length} of ${ROWS}`);
  learner.dispose();
  learner.pool.dispose();
  learner.pool.device.dispose();
});

Deno.test("labeling tool: it ends when everything is labeled or skipped", async () => {
  const few = embeddings.slice(0, 12 * COLUMNS);
  const person = toolThat(Infinity);
  const learner = await label(person, few, COLUMNS, CLASSES, 50);
  assert.deepEqual([learner.labels.length, learner.skipped], [11, [7]]);
  learner.dispose();
  learner.pool.dispose();
  learner.pool.device.dispose();
});

/** Builds an application with Vite, as if the package and its dependency were installed. */
async function buildWithVite(main: string): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "creel-vite-" });
  try {
    const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] })
      .output();
    const { npmCache } = JSON.parse(new TextDecoder().decode(stdout));
    const modules = join(folder, "node_modules");
    const { imports } = JSON.parse(await Deno.readTextFile(join(root, "deno.json")));
    const version = imports["pure-rand"].split("@").at(-1);
    await Deno.mkdir(join(modules, "@creel"), { recursive: true });
    await Deno.symlink(root, join(modules, "@creel", "creel"));
    const cached = join(npmCache, "registry.npmjs.org", "pure-rand", version);
    await Deno.symlink(cached, join(modules, "pure-rand"));
    await Deno.copyFile(EXAMPLE, join(folder, "labeling-tool.ts"));
    await Deno.writeTextFile(join(folder, "main.ts"), main);
    const built = await build({
      root: folder,
      configFile: false,
      logLevel: "error",
      resolve: {
        preserveSymlinks: true,
        alias: { "@creel/creel": join(modules, "@creel", "creel", "mod.ts") },
      },
      build: { write: false, lib: { entry: "main.ts", formats: ["es"], fileName: "main" } },
    });
    const [result] = Array.isArray(built) ? built : [built];
    assert.ok(result && "output" in result);
    return result.output[0].code;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Opens a page of given files; every other request is a fault. */
async function withPage(
  files: Readonly<Record<string, { body: string; contentType: string }>>,
  work: (page: Page) => Promise<void>,
): Promise<void> {
  const browser = await chromium.launch({ executablePath: executable!, args: [...QUIET_FLAGS] });
  try {
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") faults.push(message.text());
    });
    await page.route("**/*", async (route) => {
      const url = route.request().url();
      const file = files[url];
      if (file) {
        return await route.fulfill({ ...file, headers: { "access-control-allow-origin": "*" } });
      }
      if (!url.endsWith("/favicon.ico")) faults.push(`asked for ${url}`);
      await route.fulfill({ status: 204 });
    });
    await page.goto(Object.keys(files)[0]!);
    // What went wrong on the page says more than what was waited for in vain.
    const failed = await work(page).then(() => undefined, (error) => error);
    assert.deepEqual(faults, []);
    if (failed) throw failed;
  } finally {
    await browser.close();
  }
}

Deno.test({
  name: `labeling tool: built by Vite it runs on a page${note}`,
  ignore: executable === undefined,
}, async () => {
  const script = await buildWithVite(`
    import { label } from "./labeling-tool.ts";
    const asked = [];
    const tool = {
      ask: async (row) => (asked.push(row), ["cat", "dog"][row % 2]),
      load: async () => localStorage.project,
      save: async (project) => { localStorage.project = project; },
    };
    const embeddings = Float32Array.from(${JSON.stringify([...embeddings])});
    const learner = await label(tool, embeddings, ${COLUMNS}, ["cat", "dog"], 12);
    document.title = JSON.stringify({ asked, labels: learner.labels.length, saved: localStorage.project.length });
  `);
  await withPage({
    "http://localhost/": {
      body: `<!doctype html><title>…</title><script type="module" src="/main.js"></script>`,
      contentType: "text/html",
    },
    "http://localhost/main.js": { body: script, contentType: "text/javascript" },
  }, async (page) => {
    await page.waitForFunction(`document.title.startsWith("{")`, null, { timeout: 10_000 });
    const { asked, labels, saved } = JSON.parse(await page.title());
    assert.equal(labels, 12);
    assert.equal(new Set(asked).size, 12);
    assert.ok(saved > 100);
  });
});
