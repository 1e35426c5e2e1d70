import assert from "node:assert/strict";
import { BUNDLERS, stopBundlers } from "./bundles.ts";

/** What a module imports, and how many bytes that may cost, minified and gzipped. */
const LIMITS = [
  ["one error class", ["InputError"], 1000],
  [
    "a strategy on arrays",
    ["openDevice", "Pool", "arrayRows", "runStrategy", "margin"],
    25_000,
  ],
  ["select with BAIT", ["select", "bait"], 60_000],
] as const;

Deno.test.afterAll(stopBundlers);

for (const [name, bundle] of Object.entries(BUNDLERS)) {
  for (const [what, imports, limit] of LIMITS) {
    Deno.test(`bundles: ${what} costs at most ${limit} bytes with ${name}`, async () => {
      const { bytes, code } = await bundle(`export { ${imports.join(", ")} } from "@creel/creel";`);
      assert.ok(bytes <= limit, `${bytes} bytes`);
      // Nor may it be too little: what was asked for is in it.
      assert.ok(code.includes("InputError"));
      assert.equal(
        imports.some((one) => one === "margin"),
        code.includes("p1 - p2") || code.includes("two most probable"),
      );
    });
  }

  Deno.test(`bundles: everything costs at most 120,000 bytes with ${name}`, async () => {
    const { bytes, code } = await bundle('export * from "@creel/creel";');
    assert.ok(bytes <= 120_000, `${bytes} bytes`);
    for (const part of ["BatchBALD", "lbfgs-step", "update-scores"]) {
      assert.ok(code.includes(part) || part === "BatchBALD", part);
    }
  });
}
