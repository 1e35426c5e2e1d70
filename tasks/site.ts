/**
 * Builds the labeling page into one folder of static files, and serves it.
 *
 *     deno task site                     builds docs/site/ into docs/site/dist/
 *     deno task site --serve --port N    and serves it on localhost
 *     deno task site --out DIR           builds into another folder
 *
 * `deno bundle` resolves the modules as the checker does and splits them into chunks; esbuild then
 * rewrites `using` for browsers that cannot parse it.
 *
 * @module
 */

import { extname, join, normalize } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { bytesOf, readAll, readDataset } from "../src/entries/datasets.ts";

const root = join(import.meta.dirname!, "..");
const site = join(root, "docs", "site");
const DIGITS = join(root, "docs", "data", "digits.npz");

/** The modules that are loaded by their own address: the page and its workers. */
const ENTRIES = [
  "src/start.ts",
  "src/main.tsx",
  "src/worker/engine.ts",
  "src/worker/random-curve.ts",
];

/** The stylesheets, in the order in which they apply. */
const STYLES = ["base.css", "label.css", "data.css", "review.css", "map.css"];

/** The oldest browsers whose syntax is written. */
const TARGET = "es2022";

/** The policy of the page: nothing is loaded from elsewhere. */
export const POLICY = "default-src 'self'";

/** The types of the files. */
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/** Builds the page; `folder` is replaced. */
export async function buildSite(folder: string): Promise<void> {
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.mkdir(folder, { recursive: true });
  await bundle(["--code-splitting", "--outdir", folder], ENTRIES.map((path) => join(site, path)));
  await bundle(["--output", join(folder, "creel.js")], [join(root, "mod.ts")]);
  await flatten(folder);
  for await (const { name } of Deno.readDir(folder)) {
    const path = join(folder, name);
    const { code } = await esbuild.transform(await Deno.readTextFile(path), {
      minify: true,
      format: "esm",
      target: TARGET,
      legalComments: "none",
    });
    await Deno.writeTextFile(path, code);
  }
  const styles = await Promise.all(
    STYLES.map((name) => Deno.readTextFile(join(site, "style", name))),
  );
  const { code } = await esbuild.transform(styles.join("\n"), { loader: "css", minify: true });
  await esbuild.stop();
  await Deno.writeTextFile(join(folder, "style.css"), code);
  for (const name of ["index.html", "minimal.html", "icon.svg"]) {
    await Deno.copyFile(join(site, name), join(folder, name));
  }
  // The page starts with the packed digits; an exported project has the file that people know.
  await Deno.copyFile(DIGITS, join(folder, "digits.npz"));
  await Deno.writeFile(join(folder, "digits.bin"), await packedDigits());
}

/** Bundles modules for browsers. */
async function bundle(to: readonly string[], entries: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["bundle", "--quiet", "--platform", "browser", "--minify"],
      ...["--config", join(root, "deno.json"), ...to, ...entries],
    ],
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

/** The digits in half the bytes: a byte a pixel, 0 to 16, and then a byte a label. */
async function packedDigits(): Promise<Uint8Array> {
  const { features, labels } = await readDataset(
    bytesOf("digits.npz", await Deno.readFile(DIGITS)),
  );
  const levels = Uint8Array.from(await readAll(features), (value) => 16 * value);
  const packed = new Uint8Array(levels.length + labels!.length);
  packed.set(levels);
  packed.set(labels!, levels.length);
  return packed;
}

/** Moves files out of the folders that the bundler makes for entries of several folders. */
async function flatten(folder: string, from = folder): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    const path = join(from, name);
    if (isDirectory) {
      await flatten(folder, path);
      await Deno.remove(path);
    } else if (from !== folder) {
      const text = (await Deno.readTextFile(path)).replaceAll(/(["'])(?:\.\.\/)+/g, "$1./");
      await Deno.writeTextFile(join(folder, name), text);
      await Deno.remove(path);
    }
  }
}

/**
 * Serves a built page on localhost.
 *
 * @param folder the folder
 * @param port the port; 0 takes a free one
 */
export function serveSite(folder: string, port: number): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port, onListen() {} }, async (request) => {
    const path = normalize(decodeURIComponent(new URL(request.url).pathname));
    const file = join(folder, path.endsWith("/") ? `${path}index.html` : path);
    try {
      const type = TYPES[extname(file)] ?? "application/octet-stream";
      return new Response(await Deno.readFile(file), {
        headers: {
          "content-type": type,
          // The smallest page has its script in itself, for people who read it.
          ...(path !== "/minimal.html" && { "content-security-policy": POLICY }),
          "cross-origin-opener-policy": "same-origin",
          "cache-control": "no-cache",
        },
      });
    } catch {
      return new Response("There is no such file\n", { status: 404 });
    }
  });
}

/** The bytes of every file of a built page, gzipped. */
export async function gzippedSizes(folder: string): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for await (const { name } of Deno.readDir(folder)) {
    sizes.set(name, gzipSync(await Deno.readFile(join(folder, name)), { level: 9 }).length);
  }
  return sizes;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      out: { type: "string", default: join(site, "dist") },
      serve: { type: "boolean", default: false },
      port: { type: "string", default: "8080" },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new Error(`The port must be a whole number from 0 to 65535: found ${values.port}`);
  }
  await buildSite(values.out);
  if (!values.serve) return console.log(values.out);
  const server = serveSite(values.out, port);
  console.log(`http://localhost:${server.addr.port}/`);
  await server.finished;
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(2);
  }
}
