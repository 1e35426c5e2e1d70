/**
 * What a page pays for an import: bundles of the library by three bundlers, minified and gzipped. Chunks that are
 * loaded later, when a strategy is asked for by its name, do not count.
 */

import { gzipSync } from "node:zlib";
import { isAbsolute, join, resolve } from "node:path";
import * as esbuild from "esbuild";
import { rollup } from "rollup";

const root = join(import.meta.dirname!, "..", "..");

/** The size of a bundle. */
export interface BundleSize {
  /** Bytes, gzipped, of the entry and of what it imports at once. */
  readonly bytes: number;
  /** The text of these files. */
  readonly code: string;
}

/** One way to bundle a module. */
export type Bundler = (entry: string) => Promise<BundleSize>;

/** A file of a bundle. */
interface Chunk {
  readonly name: string;
  readonly code: string;
  /** The names of the chunks that it imports at once. */
  readonly imports: readonly string[];
}

/** The bundlers. */
export const BUNDLERS: Readonly<Record<string, Bundler>> = {
  esbuild: bundleWithEsbuild,
  rollup: bundleWithRollup,
  "deno bundle": bundleWithDeno,
};

async function bundleWithEsbuild(entry: string): Promise<BundleSize> {
  const { metafile, outputFiles } = await esbuild.build({
    stdin: { contents: entry, resolveDir: root, sourcefile: "entry.ts", loader: "ts" },
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    packages: "external",
    outdir: "out",
    absWorkingDir: root,
    metafile: true,
    write: false,
    alias: { "@creel/creel": "./mod.ts" },
  });
  const chunks = Object.entries(metafile.outputs).map(([name, output]) => ({
    name,
    code: outputFiles.find(({ path }) => path.endsWith(name))!.text,
    imports: output.imports.filter(({ kind }) => kind === "import-statement").map(({ path }) =>
      path
    ),
    isEntry: output.entryPoint === "entry.ts",
  }));
  return sizeOf(chunks, chunks.find(({ isEntry }) => isEntry)!.name);
}

async function bundleWithRollup(entry: string): Promise<BundleSize> {
  const bundle = await rollup({
    input: "entry",
    onwarn: () => {},
    external: (id) =>
      !id.startsWith(".") && !isAbsolute(id) && id !== "entry" && id !== "@creel/creel",
    plugins: [{
      name: "typescript",
      resolveId(id, importer) {
        if (id === "entry") return id;
        if (id === "@creel/creel") return join(root, "mod.ts");
        return importer && id.startsWith(".") ? resolve(importer, "..", id) : null;
      },
      async load(id) {
        const text = id === "entry" ? entry : await Deno.readTextFile(id);
        return (await esbuild.transform(text, { loader: "ts", target: "es2022" })).code;
      },
    }],
  });
  const { output } = await bundle.generate({ format: "es" });
  const chunks: Chunk[] = [];
  for (const file of output) {
    if (file.type !== "chunk") continue;
    const { code } = await esbuild.transform(file.code, { minify: true, format: "esm" });
    chunks.push({ name: file.fileName, code, imports: file.imports });
  }
  const first = output.find((file) => file.type === "chunk" && file.isEntry)!;
  return sizeOf(chunks, first.fileName);
}

async function bundleWithDeno(entry: string): Promise<BundleSize> {
  // Inside the checkout, so that the package finds itself and its dependencies.
  const folder = await Deno.makeTempDir({
    dir: join(root, "tests", "package"),
    prefix: ".bundle-",
  });
  try {
    const file = join(folder, "entry.ts");
    await Deno.writeTextFile(file, entry);
    const out = join(folder, "out");
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["bundle", "--quiet", "--platform", "browser", "--minify", "--code-splitting"],
        ...["--outdir", out, file],
      ],
      cwd: root,
      env: { NO_COLOR: "1" },
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    const chunks: Chunk[] = [];
    for await (const { name } of Deno.readDir(out)) {
      const code = await Deno.readTextFile(join(out, name));
      const imports = [...code.matchAll(/(?:from|import)"\.\/([^"]+)"/g)].map(([, path]) => path!);
      chunks.push({ name, code, imports });
    }
    return sizeOf(chunks, "entry.js");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The size of a chunk with all that it imports at once. */
function sizeOf(chunks: readonly Chunk[], entry: string): BundleSize {
  const wanted = new Set([entry]);
  for (const name of wanted) {
    for (const imported of chunks.find((chunk) => chunk.name === name)?.imports ?? []) {
      wanted.add(imported);
    }
  }
  const codes = chunks.filter(({ name }) => wanted.has(name)).map(({ code }) => code);
  const bytes = codes.reduce((sum, code) => sum + gzipSync(code, { level: 9 }).length, 0);
  return { bytes, code: codes.join("\n") };
}

/** Ends what bundling started. */
export async function stopBundlers(): Promise<void> {
  await esbuild.stop();
}
