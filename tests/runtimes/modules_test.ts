/**
 * What every module of the library must be, so that bundles are small and run in browsers of 2023.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { build, stop } from "esbuild";

const root = join(import.meta.dirname!, "..", "..");

Deno.test.afterAll(async () => {
  await stop();
});

/** The modules under a folder of src/, as paths from the root. */
function modulesIn(folder: string): string[] {
  return [...Deno.readDirSync(join(root, folder))].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    if (isDirectory) return path === "src/cli" ? [] : modulesIn(path);
    return name.endsWith(".ts") ? [path] : [];
  });
}

/** What esbuild keeps of a module from which nothing is used, besides constants and imports. */
async function leftOf(path: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: `import ${JSON.stringify(path)};`, resolveDir: root },
    bundle: true,
    format: "esm",
    target: "es2022",
    minifySyntax: true,
    write: false,
    plugins: [{
      name: "this module alone",
      setup({ onResolve }) {
        onResolve(
          { filter: /.*/ },
          (args) =>
            args.path === path
              ? undefined
              : { path: args.path, external: true, sideEffects: false },
        );
      },
    }],
  });
  const code = outputFiles[0]!.text
    .replace(/^import \{[^}]*\} from "[^"]*";$/gm, "")
    .replace(/^\/\/.*$/gm, "");
  // esbuild does not fold `64 * 2 ** 20`; such a constant keeps nothing else in the bundle.
  return code.replace(/^var (\w+ = [\d\s*<.e+-]+(, |;))+$/gm, "").trim();
}

for (
  const room of ["device", "io", "kernels", "linalg", "pool", "head", "random", "select", "learn"]
) {
  Deno.test(`modules: a bundle keeps of src/${room} only what is used`, async () => {
    const modules = modulesIn(`src/${room}`);
    assert.ok(modules.length > 0);
    for (const module of modules) assert.equal(await leftOf(join(root, module)), "", module);
  });
}

Deno.test("modules: a bundle keeps of the files in src only what is used", async () => {
  const modules = modulesIn("src").filter((path) => path.split("/").length === 2);
  assert.ok(modules.length >= 4);
  for (const module of modules) assert.equal(await leftOf(join(root, module)), "", module);
});

Deno.test("modules: what has a side effect is found out", async () => {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, "export const kept = Object.freeze([]);\nclass Gone {}\n");
    assert.match(await leftOf(file), /^var kept = Object.freeze\(\[\]\);$/);
  } finally {
    await Deno.remove(file);
  }
});

/** Newer than 2023, and what to use instead. */
const TOO_NEW: readonly (readonly [found: RegExp, instead: string])[] = [
  [/\b(Async)?DisposableStack\b/, "ResourceStack of src/disposal.ts"],
  [/(?<!declare readonly \[)\bSymbol\.(asyncD|d)ispose\b/, "dispose of src/disposal.ts"],
  [/\b(Float16Array|f16round|[gs]etFloat16)\b/, "src/half-floats.ts"],
  [/\b(Map|Object)\.groupBy\b/, "groupBy of src/grouping.ts"],
  [/\.((values|keys|entries)\(\)|matchAll\([^()]*\))\s*\.(?!next\b)\w+/, "an array"],
  [/\bPromise\.(withResolvers|try)\b|\bArray\.fromAsync\b/, "a loop or new Promise"],
  [/\b(from|to)(Base64|Hex)\b|\bRegExp\.escape\b|\bMath\.sumPrecise\b/, "own code"],
  [
    /\.(union|intersection|difference|symmetricDifference|is(Sub|Super)setOf|isDisjointFrom)\(/,
    "own",
  ],
  [/\bAbortSignal\.any\b|\.transfer\(|\.getOrInsert|\.bytes\(\)/, "own code"],
  [/(?<!globalThis\.)\bnavigator\b/, "globalThis.navigator?."],
];

/** Where a thing is named in order to do without it. */
const AT_HOME = ["src/disposal.ts", "src/half-floats.ts", "src/grouping.ts", "src/shaders.gen.ts"];

Deno.test("modules: no globals newer than 2023 outside the command line", async () => {
  const problems: string[] = [];
  for (const module of modulesIn("src")) {
    if (AT_HOME.includes(module)) continue;
    const source = await Deno.readTextFile(join(root, module));
    const code = source.replace(/\/\*[^]*?\*\/|\/\/.*/g, "").replace(/"[^"\n]*"/g, '""');
    for (const [found, instead] of TOO_NEW) {
      const match = code.match(found);
      if (match) problems.push(`${module} has ${match[0]}: use ${instead}`);
    }
  }
  assert.deepEqual(problems, []);
});
