/** What a bundler makes of the kernels: an app carries the shaders of those that it uses. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const root = join(import.meta.dirname!, "..", "..");

/** The files of a folder and of all folders in it, as paths. */
function* files(folder: string): Generator<string> {
  for (const entry of Deno.readDirSync(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* files(path);
    else yield path;
  }
}

/** Not minified: a minifier inlines `defineKernel` and then finds by itself that it is pure. */
async function bundle(entry: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform", "browser", entry],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

const shadersIn = (code: string) => code.match(/@compute/g)?.length ?? 0;
const kernelsIn = (code: string) => code.match(/(?<=\bname: ")[\w-]+/g) ?? [];

Deno.test("kernels: of all in one module a bundle takes the one that is used", async () => {
  const scratch = await Deno.makeTempDir({ prefix: "creel-bundle-" });
  try {
    const exports: string[] = [];
    for (const path of files(join(root, "src", "kernels"))) {
      const [, name] = Deno.readTextFileSync(path).match(/(\w+) = .*defineKernel\(/) ?? [];
      if (name) exports.push(`export { ${name} } from "${pathToFileURL(path)}";`);
    }
    await Deno.writeTextFile(join(scratch, "all.ts"), exports.join("\n"));
    // One module, so that a bundler has to look at every statement in it.
    const library = await bundle(join(scratch, "all.ts"));
    assert.equal(shadersIn(library), exports.length);
    await Deno.writeTextFile(join(scratch, "library.js"), library);
    await Deno.writeTextFile(
      join(scratch, "app.ts"),
      `import { softmaxRows } from "./library.js"; console.log(softmaxRows);`,
    );
    const app = await bundle(join(scratch, "app.ts"));
    assert.deepEqual(kernelsIn(app), ["softmax-rows"]);
    assert.equal(shadersIn(app), 1);
    assert.doesNotMatch(app, /Math\.fround/);
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
});
