/**
 * The library on a page of Chromium without what browsers have only since 2024, from
 * `Symbol.dispose` to `Float16Array`: about Safari 17.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { stop } from "esbuild";
import { findChromium, LibraryPage } from "../browser/chromium.ts";
import { bundle } from "./bundles.ts";
import { NEW_GLOBALS, smoke } from "./smoke.ts";

const executable = findChromium();
const note = executable ? "" : " (no chromium or google-chrome on PATH)";
const golden = join(import.meta.dirname!, "..", "golden", "binary_small");

Deno.test({
  name: `runtimes: a browser with the globals of 2023 picks as Deno does${note}`,
  ignore: executable === undefined,
}, async () => {
  const old = await Deno.readTextFile(join(import.meta.dirname!, "old-globals.js"));
  const page = await bundle(join(import.meta.dirname!, "..", "browser", "page.ts"));
  await stop();
  await using opened = await LibraryPage.open(executable!, `${old}\n${page}`);
  const json = await Deno.readTextFile(`${golden}.json`);
  const { lacking: _, ...reference } = await smoke(json, await Deno.readFile(`${golden}.npz`));

  const { lacking, ...onCpu } = await opened.call("smoke", "cpu");
  assert.deepEqual(lacking, Object.keys(NEW_GLOBALS));
  assert.deepEqual(onCpu, reference);

  const { kind, differences, wrongHalves, leaked } = await opened.call("smoke", "webgpu");
  assert.deepEqual([kind, differences, wrongHalves, leaked], ["webgpu", [], 0, 0]);
  assert.deepEqual(opened.errors, []);
});
