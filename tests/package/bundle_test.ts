import assert from "node:assert/strict";
import { BUNDLERS, gzippedSize, stopBundlers } from "./bundles.ts";

/** A piece of the library: what is imported, and how many bytes it may cost. */
interface Piece {
  readonly what: string;
  readonly imports: string;
  /** What is imported from `@creel/creel/bait` besides. */
  readonly parts?: string;
  readonly limit: number;
  /** What must be in the bundle: names of kernels and strategies stand in it as text. */
  readonly has: readonly string[];
  /** What must not be in it. */
  readonly lacks: readonly string[];
}

const PIECES: readonly Piece[] = [
  {
    what: "one error class",
    imports: "{ InputError }",
    limit: 1000,
    has: ["InputError"],
    lacks: ["DeviceError", "margin", "row-statistics"],
  },
  {
    what: "a strategy and what it runs on",
    imports: "{ openDevice, Pool, arrayRows, runStrategy, margin }",
    limit: 25_000,
    has: ["row-statistics", "requestAdapter"],
    lacks: ["update-scores", "lbfgs-step", "center-distances", "Sener"],
  },
  {
    what: "select with BAIT",
    imports: "{ select, bait }",
    limit: 60_000,
    has: ["update-scores", "score-tiles", "lbfgs-step"],
    lacks: [
      "diagonal-scores",
      "I + V M^-1 V^T",
      "spread-classes",
      "center-distances",
      "cross-entropy",
      "Sener",
    ],
  },
  {
    what: "BAIT with diagonals besides",
    imports: "{ select, bait }",
    parts: "{ diagonalInformation }",
    limit: 64_000,
    has: ["diagonal-scores"],
    lacks: ["center-distances"],
  },
  {
    what: "large batches of BAIT in float64 besides",
    imports: "{ select, bait }",
    parts: "{ provideExactBait }",
    limit: 64_000,
    has: ["I + V M^-1 V^T"],
    lacks: ["center-distances"],
  },
  {
    what: "everything",
    imports: "*",
    limit: 120_000,
    has: ["update-scores", "lbfgs-step", "center-distances", "cross-entropy", "Sener"],
    lacks: ["node:"],
  },
];

Deno.test.afterAll(stopBundlers);

for (const [name, bundle] of Object.entries(BUNDLERS)) {
  for (const { what, imports, parts, limit, has, lacks } of PIECES) {
    Deno.test(`bundles: ${what} costs at most ${limit} bytes with ${name}`, async () => {
      const besides = parts ? `export ${parts} from "@creel/creel/bait";` : "";
      const code = await bundle(`export ${imports} from "@creel/creel"; ${besides}`);
      const bytes = gzippedSize(code);
      assert.ok(bytes <= limit, `${bytes} bytes`);
      for (const text of has) assert.ok(code.includes(text), `${text} is not in it`);
      for (const text of lacks) assert.ok(!code.includes(text), `${text} is in it`);
    });
  }
}

Deno.test("bundles: fisher classes is part of those that import classBlocks alone", async () => {
  const features = { data: Float32Array.of(1, 0, 0, 1, 2, 2), columns: 2 };
  const probs = { data: Float32Array.of(0.5, 0.5, 0.9, 0.1, 0.5, 0.5), columns: 2 };
  const run = async (parts: string) => {
    const code = await BUNDLERS["deno bundle"]!(
      `export { bait, openDevice, select } from "@creel/creel"; ${parts}`,
    );
    const folder = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(`${folder}/page.js`, code);
      const page = await import(`file://${folder}/page.js`);
      using device = await page.openDevice({ device: "cpu" });
      const strategy = page.bait({ fisher: page.classBlocks ?? "classes" });
      return await page.select({ features, probs, device, budget: 1, strategy });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  };
  assert.deepEqual((await run('export { classBlocks } from "@creel/creel/bait";')).picks, [2]);
  await assert.rejects(run(""), {
    message: "Cannot find bait with classes in this bundle: import { classBlocks } from " +
      "@creel/creel/bait, and give it or its name",
  });
});
