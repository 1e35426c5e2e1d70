import assert from "node:assert/strict";
import { BUNDLERS, gzippedSize, stopBundlers } from "./bundles.ts";

/** A piece of the library: what is imported, and how many bytes it may cost. */
interface Piece {
  readonly what: string;
  readonly imports: string;
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
    lacks: ["diagonal-scores", "pair-dots", "center-distances", "cross-entropy", "Sener"],
  },
  {
    what: "BAIT with diagonals besides",
    imports: "{ select, bait, diagonalInformation }",
    limit: 63_500,
    has: ["diagonal-scores"],
    lacks: ["center-distances"],
  },
  {
    what: "large batches of BAIT in float64 besides",
    imports: "{ select, bait, provideExactBait }",
    limit: 63_500,
    has: ["pair-dots"],
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
  for (const { what, imports, limit, has, lacks } of PIECES) {
    Deno.test(`bundles: ${what} costs at most ${limit} bytes with ${name}`, async () => {
      const code = await bundle(`export ${imports} from "@creel/creel";`);
      const bytes = gzippedSize(code);
      assert.ok(bytes <= limit, `${bytes} bytes`);
      for (const text of has) assert.ok(code.includes(text), `${text} is not in it`);
      for (const text of lacks) assert.ok(!code.includes(text), `${text} is in it`);
    });
  }
}
