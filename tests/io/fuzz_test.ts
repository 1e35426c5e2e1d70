import assert from "node:assert/strict";
import { fuzz } from "../../tasks/fuzz.ts";
import { type Format, FORMATS, mutantOf, seedsOf } from "../../tasks/fuzz/formats.ts";
import { drawFrom } from "../../tasks/fuzz/mutate.ts";
import { findPython } from "../../tasks/fuzz/reference.ts";
import { Watchdog } from "../../tasks/fuzz/watchdog.ts";

/** The number of mutants of each format: together about 60 s of a processor. */
const MUTANTS: Readonly<Record<Format, number>> = {
  npy: 18_000,
  npz: 12_000,
  parquet: 18_000,
  safetensors: 18_000,
  csv: 18_000,
  gz: 12_000,
};

const python = await findPython();
if (python === undefined) {
  console.log("fuzz: not compared with numpy, pyarrow and safetensors, which Python does not have");
}

for (const format of FORMATS) {
  Deno.test(`fuzz: every mutant of ${format} is read or refused, and as the others do it`, async () => {
    const report = await fuzz({ format, mutants: MUTANTS[format], seed: 20, python });
    assert.deepEqual(report.findings.map(({ name, message }) => `${name}: ${message}`), []);
    assert.equal(report.read + report.refused, MUTANTS[format]);
    // Mutants that are all refused, or all read, would test nothing.
    assert.ok(report.read > 10 && report.refused > report.read, JSON.stringify(report));
  });
}

Deno.test("fuzz: every seed is read, and a seed of the generator gives the same mutants", async () => {
  using watchdog = new Watchdog();
  for (const format of FORMATS) {
    const seeds = await seedsOf(format);
    const extension = format === "gz" ? "csv.gz" : format;
    for (const seed of seeds) {
      const outcome = await watchdog.read(`seed.${extension}`, seed);
      assert.equal(outcome.kind, "value", JSON.stringify(outcome));
    }
    const [a, b, c] = [5, 5, 6].map((seed) => mutantOf(format, seeds, drawFrom(seed)));
    assert.deepEqual(a, b);
    assert.notDeepEqual(a, c);
  }
});

Deno.test("fuzz: a file that takes longer than the deadline is a hang, and the next is read", async () => {
  using watchdog = new Watchdog(1);
  const rows = new TextEncoder().encode("1,2\n".repeat(1_000_000));
  assert.equal((await watchdog.read("x.csv", rows)).kind, "hang");
  using patient = new Watchdog();
  assert.equal((await patient.read("x.csv", rows.subarray(0, 8))).kind, "value");
});
