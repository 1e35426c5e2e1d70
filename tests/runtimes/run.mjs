/**
 * Runs the bundled smoke test in Node or Bun, and prints what it answers as JSON.
 *
 *     node run.mjs BUNDLE GOLDEN [--old] [--webgpu PACKAGE]
 */

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [bundle, golden, ...options] = process.argv.slice(2);
if (options.includes("--old")) await import("./old-globals.js");
const { smoke } = await import(pathToFileURL(bundle).href);
const at = options.indexOf("--webgpu");
const device = at < 0 ? "cpu" : "webgpu";
const gpu = at < 0 ? undefined : (await import(options[at + 1])).create([]);
const result = await smoke(
  readFileSync(`${golden}.json`, "utf8"),
  new Uint8Array(readFileSync(`${golden}.npz`)),
  { device, gpu },
);
console.log(JSON.stringify(result));
// The package `webgpu` keeps Node alive as long as something refers to its GPU.
process.exit(0);
