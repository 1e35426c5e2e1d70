import assert from "node:assert/strict";
import { join } from "node:path";
import * as creel from "@creel/creel";

const root = join(import.meta.dirname!, "..", "..");

/** What programs are written against, by sub-path; more may be exported. */
const PROMISED: Readonly<Record<string, readonly string[]>> = {
  "": [
    ...["openDevice", "select", "runStrategy", "defineStrategy", "STRATEGIES", "bait", "margin"],
    ...["Pool", "arrayRows", "logitsPredictor", "probsPredictor", "Head", "trainHead"],
    ...["saveHead", "loadHead", "ActiveLearner", "anyOf", "InputError", "DeviceError"],
  ],
  "/strategies": ["falcunOptions", "optionsOf", "rangeOf"],
  "/heads": ["trainClassifier"],
  "/learner": ["LabelHistory", "LabelLog"],
  "/metrics": ["accuracy", "expectedCalibrationError", "r2Score", "areaUnderCurve"],
  "/kernels": ["defineKernel", "matmul", "Recording", "Tensor", "topOf", "keyOf"],
  "/datasets": ["readDataset", "blobSource", "bytesOf", "readAll"],
  "/files": ["openDataset", "openMatrix", "readDataset"],
  "/save": ["saveLearner", "loadLearner", "readSave"],
  "/cli": ["main"],
};

/** The names that the examples of a page import from the package, by sub-path. */
function namesImported(page: string): (readonly [path: string, name: string])[] {
  const imports = page.matchAll(
    /import (?!type)\{([^}]*)\} from "(?:jsr:)?@creel\/creel([/\w]*)"/g,
  );
  return [...imports].flatMap(([, names, path]) =>
    names!.split(",").map((name) => [path!, name.trim()] as const)
  ).filter(([, name]) => name !== "" && !name.startsWith("type "));
}

Deno.test("package: its entries export what is promised, and what the examples import", async () => {
  const promised = Object.entries(PROMISED).flatMap(([path, names]) =>
    names.map((name) => [path, name] as const)
  );
  for (const page of ["README.md", "docs/guide.md", "docs/strategies.md"]) {
    promised.push(...namesImported(await Deno.readTextFile(join(root, page))));
  }
  assert.ok(promised.length > 50);
  for (const [path, name] of promised) {
    const entry: Record<string, unknown> = await import(`@creel/creel${path}`);
    assert.ok(name in entry, `${name} of @creel/creel${path}`);
  }
});

Deno.test("package: the main entry is explicit, and about sixty names", async () => {
  const text = await Deno.readTextFile(join(root, "mod.ts"));
  assert.doesNotMatch(text, /export \*/);
  const names = [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)]
    .flatMap(([, list]) => list!.split(",")).map((name) => name.trim()).filter(Boolean);
  assert.equal(new Set(names).size, names.length);
  assert.ok(names.length >= 50 && names.length <= 75, `${names.length} names`);
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
