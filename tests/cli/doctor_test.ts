import assert from "node:assert/strict";
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
  });
  assert.ok(copyGBs > 0 && matmulGFLOPs > 0 && matmulOrder >= 64);
  assert.deepEqual(Object.keys(limits), ["bindingBytes", "workgroupBytes"]);
  assert.match(advice.join(), /mesa-vulkan-drivers/);
});

Deno.test("doctor prints a table for people; --quiet leaves stderr empty", async () => {
  const { status, out, err } = await creel("doctor", "--device", "cpu", "--quiet");
  assert.deepEqual([status, err], [0, ""]);
  for (const heading of ["Device", "Largest binding", "Memory budget", "Copy", "Matrix product"]) {
    assert.match(out, new RegExp(`^${heading} +\\S`, "m"));
  }
});
