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
  const { status, out } = await creel("doctor", "--quiet");
  assert.equal(status, 0);
  assert.match(out, /^Taken because {5}(?:auto takes|there is)/m);
  const all = [...out.matchAll(/^(?:Device {12}|Also {14})(\w+), ([^:\n]+)/gm)].map(([, , name]) =>
    name!
  );
  assert.equal(new Set(all).size, all.length);
  assert.ok(all.includes("CPU (float64)"), out);
  if (findBlas()) assert.ok(all.includes(`CPU (float64, ${findBlas()!.name})`), out);
  assert.ok(out.split("\n").filter((line) => /^Also/.test(line)).length === all.length - 1);
});
