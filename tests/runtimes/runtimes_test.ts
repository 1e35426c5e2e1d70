/**
 * The bundled library in Node and Bun, as they are and without what is new since 2024: it must pick
 * what it picks in Deno. A runtime that is not installed is skipped. Beside `node` and `bun`, these
 * are tried:
 *
 *     CREEL_RUNTIMES=/opt/node-22/bin/node:/opt/node-24/bin/node    more of them
 *     CREEL_WEBGPU=/somewhere/node_modules/webgpu/index.js          each with this WebGPU too
 */

import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { stop } from "esbuild";
import { bundle } from "./bundles.ts";
import { NEW_GLOBALS, smoke, type SmokeResult } from "./smoke.ts";

const GOLDEN = join(import.meta.dirname!, "..", "golden", "binary_small");

/** What `--version` says, or nothing where the program does not run. */
function versionOf(program: string): string | undefined {
  try {
    const { success, stdout } = new Deno.Command(program, { args: ["--version"] }).outputSync();
    return success ? new TextDecoder().decode(stdout).trim() : undefined;
  } catch {
    return undefined;
  }
}

const more = (Deno.env.get("CREEL_RUNTIMES") ?? "").split(":").filter((path) => path !== "");
const webgpu = Deno.env.get("CREEL_WEBGPU");

let folder: string | undefined;

/** The bundle in a file, made once. */
async function bundleFile(): Promise<string> {
  if (!folder) {
    folder = await Deno.makeTempDir({ prefix: "creel-runtimes-" });
    const code = await bundle(join(import.meta.dirname!, "smoke.ts"));
    await Deno.writeTextFile(join(folder, "smoke.mjs"), code);
  }
  return join(folder, "smoke.mjs");
}

let inDeno: Promise<SmokeResult> | undefined;

/** The results of the same calls in Deno, from the sources. */
function expected(): Promise<SmokeResult> {
  return inDeno ??= (async () => {
    const json = await Deno.readTextFile(`${GOLDEN}.json`);
    return await smoke(json, await Deno.readFile(`${GOLDEN}.npz`));
  })();
}

Deno.test.afterAll(async () => {
  await stop();
  if (folder) await Deno.remove(folder, { recursive: true });
});

async function smokeIn(program: string, ...options: string[]): Promise<SmokeResult> {
  const { stdout, stderr } = await new Deno.Command(program, {
    args: [join(import.meta.dirname!, "run.mjs"), await bundleFile(), GOLDEN, ...options],
  }).output();
  const output = new TextDecoder().decode(stdout);
  assert.match(output, /^\{/, new TextDecoder().decode(stderr));
  return JSON.parse(output);
}

for (const program of ["node", "bun", ...more]) {
  const version = versionOf(program);
  const name = `runtimes: ${basename(program)} ${version ?? "(not installed)"}`;
  const ignore = version === undefined;

  Deno.test({ name: `${name} picks as Deno does`, ignore }, async () => {
    const { lacking: _, ...result } = await smokeIn(program);
    const { lacking: _own, ...reference } = await expected();
    assert.deepEqual(result, reference);
  });

  Deno.test({ name: `${name} does so with the globals of 2023`, ignore }, async () => {
    const { lacking, ...result } = await smokeIn(program, "--old");
    const { lacking: _own, ...reference } = await expected();
    assert.deepEqual(result, reference);
    assert.deepEqual(lacking, Object.keys(NEW_GLOBALS));
  });

  // Bun 1.4.5 crashes inside of webgpu 0.6.2 (a floating-point trap, SwiftShader, November 2026).
  const isBun = basename(program) === "bun";
  const note = isBun ? " (crashes in Bun)" : webgpu ? "" : " (no CREEL_WEBGPU)";
  Deno.test({
    name: `${name} picks as the reference with the package webgpu${note}`,
    ignore: ignore || isBun || webgpu === undefined,
  }, async () => {
    const { kind, differences, wrongHalves, leaked } = await smokeIn(program, "--webgpu", webgpu!);
    assert.deepEqual([kind, differences, wrongHalves, leaked], ["webgpu", [], 0, 0]);
  });
}

Deno.test("runtimes: the reference itself is right, and Deno has what others have not", async () => {
  const { kind, differences, wrongHalves, leaked, lacking, picks } = await expected();
  assert.deepEqual([kind, differences, wrongHalves, leaked], ["cpu", [], 0, 0]);
  assert.deepEqual(lacking, []);
  assert.ok(Object.keys(picks).length > 20);
});
