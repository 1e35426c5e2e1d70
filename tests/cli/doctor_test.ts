import assert from "node:assert/strict";
import { findBlas } from "../../src/kernels/blas/open-blas.ts";
import { creel } from "./creel.ts";

Deno.test("doctor --json says what the device offers, and notes go to stderr", async () => {
  const { status, out, err } = await creel(
    "doctor",
    "--json",
    "--device",
    "cpu",
    "--memory",
    "2GB",
  );
  assert.equal(status, 0);
  assert.match(err, /^Measuring CPU \(float64(?:, [\w.-]+)?\)\n$/);
  const { copyGBs, matmulGFLOPs, matmulOrder, limits, advice, adapter, ...rest } = JSON.parse(out);
  assert.match(adapter, /^CPU \(float64/);
  assert.deepEqual(rest, {
    device: "cpu",
    software: false,
    memoryBudget: 2e9,
    others: [],
  });
  assert.ok(copyGBs > 0 && matmulGFLOPs > 0 && matmulOrder >= 64);
  assert.deepEqual(Object.keys(limits), ["bindingBytes", "workgroupBytes"]);
  // With a BLAS there is nothing to install for the CPU.
  if (adapter === "CPU (float64)") assert.match(advice.join(), /libopenblas0-pthread/);
  else assert.deepEqual(advice, []);
});

Deno.test("doctor prints a table for people; --quiet leaves stderr empty", async () => {
  const { status, out, err } = await creel("doctor", "--device", "cpu", "--quiet");
  assert.deepEqual([status, err], [0, ""]);
  for (const heading of ["Device", "Largest binding", "Memory budget", "Copy", "Matrix product"]) {
    assert.match(out, new RegExp(`^${heading} +\\S`, "m"));
  }
});

Deno.test("doctor shows every device that there is, which one auto takes, and why", async () => {
  const { status, out } = await creel("doctor", "--json", "--quiet");
  assert.equal(status, 0);
  const { adapter, others } = JSON.parse(out);
  const all = [adapter, ...others.map((other: { adapter?: string }) => other.adapter)];
  assert.equal(new Set(all).size, all.length);
  assert.ok(all.includes("CPU (float64)"));
  if (findBlas()) assert.ok(all.includes(`CPU (float64, ${findBlas()!.name})`));
  for (const other of others) {
    assert.ok("missing" in other || (other.copyGBs > 0 && other.matmulGFLOPs > 0));
  }
  const { out: table } = await creel("doctor", "--quiet");
  assert.match(table, /^Taken because {5}(?:auto takes|there is)/m);
  assert.match(table, /^Also +\S/m);
});
