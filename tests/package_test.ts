import assert from "node:assert/strict";
import { join } from "node:path";
import * as creel from "@creel/creel";

const root = join(import.meta.dirname!, "..");

/** What programs are written against; more may be exported. */
const PROMISED = [
  ...["openDevice", "select", "bait", "runStrategy", "STRATEGIES"],
  ...["Pool", "logitsPredictor", "probsPredictor", "Head", "trainHead"],
  ...["arrayRows", "readAll", "readDataset", "blobSource", "bytesOf"],
  ...["Tensor", "InputError", "DeviceError"],
];

/** The names that the examples of a page import from the package. */
function namesImported(page: string): string[] {
  const imports = page.matchAll(/import (?!type)\{([^}]*)\} from "(?:jsr:)?@creel\/creel"/g);
  return [...imports].flatMap(([, names]) => names!.split(","))
    .map((name) => name.trim())
    .filter((name) => name !== "" && !name.startsWith("type "));
}

Deno.test("package: mod.ts exports what is promised, and what the examples import", async () => {
  const names = new Set(PROMISED);
  for (const page of ["README.md", "docs/guide.md"]) {
    const imported = namesImported(await Deno.readTextFile(join(root, page)));
    assert.ok(imported.length > 0, page);
    for (const name of imported) names.add(name);
  }
  const missing = [...names].filter((name) => !(name in creel));
  assert.deepEqual(missing, []);
});

Deno.test("package: the example of the front page runs", async () => {
  using device = await creel.openDevice({ device: "cpu" });
  const features = Float32Array.from({ length: 30 * 8 }, (_, i) => Math.cos(i * i));
  const { picks } = await creel.select({
    device,
    features: { data: features, columns: 8 },
    labeled: [3, 14, 15],
    labels: [0, 2, 1],
    budget: 10,
  });
  assert.equal(new Set([3, 14, 15, ...picks]).size, 13);
});

Deno.test("package: every entry and every file to publish is there", async () => {
  const { exports, publish } = JSON.parse(await Deno.readTextFile(join(root, "deno.json")));
  for (const path of [...Object.values<string>(exports), ...publish.include]) {
    await Deno.stat(join(root, path));
  }
});

interface Graph {
  readonly modules: readonly { readonly specifier: string; readonly local?: string }[];
}

Deno.test("package: nothing that mod.ts imports needs Deno or Node", async () => {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "mod.ts"],
    cwd: root,
  }).output();
  assert.ok(success);
  const { modules }: Graph = JSON.parse(new TextDecoder().decode(stdout));
  assert.ok(modules.length > 50, `${modules.length} modules`);
  assert.deepEqual(
    modules.map(({ specifier }) => specifier).filter((s) => s.startsWith("node:")),
    [],
  );
  const own = modules.filter(({ specifier }) => specifier.startsWith("file:"));
  for (const { specifier } of own) {
    assert.doesNotMatch(specifier, /\/src\/cli\//);
    const source = await Deno.readTextFile(new URL(specifier));
    const code = source.replace(/\/\*[^]*?\*\/|\/\/.*/g, "");
    assert.doesNotMatch(code, /\bDeno\.|\bprocess\.|\bBuffer\.|\brequire\(/, specifier);
  }
});
