/** Every kernel is compared with its twin somewhere, and has the shader of its name. */

import assert from "node:assert/strict";
import { basename, dirname, join, relative } from "node:path";
import type { Kernel } from "../../src/device/kernel.ts";
import { stripped } from "../../tasks/minify-wgsl.ts";

const root = join(import.meta.dirname!, "..", "..");
const folder = join(root, "src", "kernels");

/** Kernels that no test compares with their twins, and why. */
const exempt: Record<string, string> = {};

/** The files of a folder and of all folders in it, as paths. */
function* files(folder: string, ending: string): Generator<string> {
  for (const entry of Deno.readDirSync(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* files(path, ending);
    else if (entry.name.endsWith(ending)) yield path;
  }
}

function isKernel(value: unknown): value is Kernel {
  return typeof value === "object" && value !== null && "wgsl" in value && "cpu" in value;
}

/** All kernels by the identifier under which they are exported. */
async function allKernels(): Promise<Map<string, Kernel>> {
  const kernels = new Map<string, Kernel>();
  for (const path of files(folder, ".ts")) {
    const module: Record<string, unknown> = await import(`file://${path}`);
    for (const [identifier, value] of Object.entries(module)) {
      if (isKernel(value)) kernels.set(identifier, value);
    }
  }
  return kernels;
}

Deno.test("kernels: each is compared with its twin by some test", async () => {
  const kernels = await allKernels();
  const compared = new Set<string>();
  for (const path of files(join(root, "tests"), ".ts")) {
    const text = Deno.readTextFileSync(path);
    for (const [, identifier] of text.matchAll(/\bcompareKernel\(\s*(\w+)/g)) {
      compared.add(identifier!);
    }
  }
  const missing = [...kernels.keys()].filter((name) => !compared.has(name) && !(name in exempt));
  assert.deepEqual(missing, [], "kernels without a call of compareKernel in tests/");
  assert.deepEqual(Object.keys(exempt).filter((name) => !kernels.has(name)), []);
});

Deno.test("kernels: each has a name of its own", async () => {
  const names = [...(await allKernels()).values()].map(({ name }) => name);
  assert.deepEqual(names.toSorted(), [...new Set(names)].sort());
});

Deno.test("kernels: a file holds one of them, with the shader of the same name, or none", async () => {
  const named: string[] = [];
  for (const path of files(folder, ".ts")) {
    const module: Record<string, unknown> = await import(`file://${path}`);
    const kernels = Object.values(module).filter(isKernel);
    if (kernels.length === 0) continue;
    const name = relative(folder, path).slice(0, -".ts".length);
    const { wgsl } = await import(`file://${join(root, "src", "shaders", `${name}.gen.ts`)}`);
    assert.deepEqual(kernels.map((kernel) => kernel.name), [basename(name)], path);
    assert.equal(kernels[0]!.wgsl, wgsl, path);
    named.push(name);
  }
  const shaders = [...files(join(root, "shaders"), ".wgsl")]
    .map((path) => relative(join(root, "shaders"), path).slice(0, -".wgsl".length))
    .filter((name) => dirname(name) !== "parts");
  assert.deepEqual(shaders.sort(), named.sort());
});

Deno.test("kernels: bindings, parameters and constants are those of the shader, in its order", async () => {
  const sources = [...files(join(root, "shaders"), ".wgsl")];
  for (const { name, bindings, params, constants } of (await allKernels()).values()) {
    const path = sources.find((path) => basename(path) === `${name}.wgsl`)!;
    const wgsl = stripped(path, await Deno.readTextFile(path));
    const declared = [...wgsl.matchAll(/@binding\((\d+)\)var<(storage[^>]*|uniform)> (\w+)/g)];
    const storage = Object.entries(bindings).map(([binding, access], place) =>
      [String(place), `storage,${access === "read" ? "read" : "read_write"}`, binding].join()
    );
    const uniform = Object.keys(params).length > 0 ? [`${storage.length},uniform,params`] : [];
    assert.deepEqual(
      declared.map((match) => match.slice(1).join()),
      [...storage, ...uniform],
      name,
    );

    const struct = wgsl.match(/struct Params\{([^}]*)\}/)?.[1] ?? "";
    assert.deepEqual(
      [...struct.matchAll(/(\w+):(\w+)/g)].map((match) => match.slice(1)),
      Object.entries(params),
      name,
    );

    const overrides = [...wgsl.matchAll(/^override (\w+):\w+=([\d.]+)[uf]?;/gm)];
    assert.deepEqual(
      Object.fromEntries(overrides.map(([, constant, value]) => [constant, Number(value)])),
      constants,
      name,
    );
  }
});
