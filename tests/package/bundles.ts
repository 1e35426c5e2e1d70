/**
 * What a page pays for an import: the library in one file, by three bundlers, minified and gzipped.
 */

import { gzipSync } from "node:zlib";
import { isAbsolute, join, resolve } from "node:path";
import * as esbuild from "esbuild";
import { rollup } from "rollup";

const root = join(import.meta.dirname!, "..", "..");

/** Bundles a module that imports `@creel/creel`, for browsers; its text, minified. */
export type Bundler = (entry: string) => Promise<string>;

/** The bundlers. */
export const BUNDLERS: Readonly<Record<string, Bundler>> = {
  esbuild: bundleWithEsbuild,
  rollup: bundleWithRollup,
  "deno bundle": bundleWithDeno,
};

/** The bytes of a text, gzipped. */
export function gzippedSize(text: string): number {
  return gzipSync(text, { level: 9 }).length;
}

async function bundleWithEsbuild(entry: string): Promise<string> {
  const { outputFiles } = await esbuild.build({
    stdin: { contents: entry, resolveDir: root, sourcefile: "entry.ts", loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    packages: "external",
    write: false,
    alias: {
      "@creel/creel/bait": join(root, "src", "entries", "bait.ts"),
      "@creel/creel": join(root, "mod.ts"),
    },
  });
  return outputFiles[0]!.text;
}

async function bundleWithRollup(entry: string): Promise<string> {
  const bundle = await rollup({
    input: "entry",
    onwarn: () => {},
    external: (id) => !/^(entry|@creel\/creel|\.)/.test(id) && !isAbsolute(id),
    plugins: [{
      name: "typescript",
      resolveId(id, importer) {
        if (id === "entry") return id;
        if (id === "@creel/creel") return join(root, "mod.ts");
        if (id === "@creel/creel/bait") return join(root, "src", "entries", "bait.ts");
        return importer && id.startsWith(".") ? resolve(importer, "..", id) : null;
      },
      load: (id) => id === "entry" ? entry : javaScriptOf(id),
    }],
  });
  const { output } = await bundle.generate({ format: "es", inlineDynamicImports: true });
  const { code } = await esbuild.transform(output[0].code, {
    minify: true,
    format: "esm",
    target: "es2022",
  });
  return code;
}

const scripts = new Map<string, Promise<string>>();

/** A module without its types, kept for the next bundle. */
function javaScriptOf(path: string): Promise<string> {
  let script = scripts.get(path);
  if (!script) {
    script = Deno.readTextFile(path).then(async (text) =>
      (await esbuild.transform(text, { loader: "ts", target: "esnext" })).code
    );
    scripts.set(path, script);
  }
  return script;
}

async function bundleWithDeno(entry: string): Promise<string> {
  // Inside the checkout, so that the package finds itself.
  const file = await Deno.makeTempFile({ dir: import.meta.dirname!, prefix: ".", suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, entry);
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["bundle", "--quiet", "--platform", "browser", "--minify", file],
      cwd: root,
      env: { NO_COLOR: "1" },
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  } finally {
    await Deno.remove(file);
  }
}

/** Ends what bundling started. */
export async function stopBundlers(): Promise<void> {
  await esbuild.stop();
}
