/** A form that a device cannot hold is refused before anything is allocated. */

import assert from "node:assert/strict";
import { CpuDevice } from "../../../src/device/cpu.ts";
import type { DeviceLimits } from "../../../src/device/device.ts";
import {
  baitNeed,
  type BaitSize,
  checkFits,
  segmentRows,
} from "../../../src/select/bait/memory.ts";
import { withLimits } from "../../fixture.ts";

/** 10,000 samples of 512 features in 10 classes. */
const size: BaitSize = {
  rows: 10_000,
  stride: 512,
  classes: 10,
  fisher: "full",
  topClasses: 2,
};

function device(memoryBudget: number, limits: Partial<DeviceLimits> = {}) {
  return withLimits(new CpuDevice(memoryBudget, undefined), limits);
}

Deno.test("checkFits: over the budget it names what is needed, left, and needed by exp and binary", () => {
  using small = device(1e9);
  assert.throws(() => checkFits(small, size), (error: Error) => {
    assert.equal(error.name, "DeviceError");
    assert.equal(
      error.message,
      "Cannot run fisher full with D = 5120: it needs 1.3 GB besides the pool, of which 1.3 GB " +
        "for 6 matrices of 5120 x 5120, but 1.0 GB of the memory budget are left; exp needs 1.3 " +
        "GB (D = 5120), binary needs 13.0 MB (D = 512)",
    );
    return true;
  });
  checkFits(small, { ...size, fisher: "binary" });
  checkFits(small, { ...size, fisher: "regression" });
});

Deno.test("checkFits: what is taken already is not left", () => {
  using small = device(14e6);
  const binary = { ...size, fisher: "binary" } as const;
  checkFits(small, binary);
  using _ballast = small.tensor("ballast", [250_000]);
  assert.throws(() => checkFits(small, binary), /12\.0 MB of the memory budget are left/);
});

Deno.test("checkFits: a matrix larger than a binding", () => {
  using small = device(1e12, { bindingBytes: 128 * 2 ** 20 });
  const exp = { ...size, fisher: "exp" } as const;
  assert.throws(() => checkFits(small, exp), {
    name: "DeviceError",
    message:
      /but one matrix takes 210 MB and the device binds at most 134 MB; binary needs 13\.\d MB/,
  });
});

Deno.test("checkFits: a rank that the workgroup memory does not hold", () => {
  using small = device(1e12, { workgroupBytes: 16_384 });
  const classes = { ...size, stride: 8, classes: 60 };
  assert.throws(() => checkFits(small, classes), {
    name: "DeviceError",
    message: /but rank 60 takes [\d.]+ kB of workgroup memory and the device has 16\.4 kB; exp /,
  });
  checkFits(small, { ...classes, fisher: "exp" });
  checkFits(small, { ...classes, classes: 33 });
});

Deno.test("checkFits: several problems are all named", () => {
  using small = device(1e6, { bindingBytes: 1e6, workgroupBytes: 16_384 });
  assert.throws(
    () => checkFits(small, { ...size, classes: 60 }),
    /of the memory budget are left, and one matrix takes .*, and rank 60 takes /,
  );
});

Deno.test("baitNeed: the matrices grow with the square of classes times features", () => {
  using any = device(1);
  for (const [fisher, D] of [["full", 5120], ["exp", 5120], ["binary", 512]] as const) {
    const need = baitNeed(any, { ...size, fisher });
    assert.deepEqual([need.D, need.matrixBytes], [D, 8 * D * D]);
  }
  const rows = (fisher: BaitSize["fisher"]) => baitNeed(any, { ...size, fisher }).sampleBytes;
  assert.ok(rows("full") > rows("exp") && rows("exp") > rows("binary"));
  assert.equal(
    rows("binary"),
    baitNeed(any, { ...size, rows: 1, fisher: "binary" }).sampleBytes * 1e4,
  );
});

Deno.test("segmentRows: at least 256, and no tensor of a segment beyond a binding", () => {
  using small = device(1, { bindingBytes: 2 ** 20 });
  assert.equal(segmentRows(small, { ...size, classes: 1000, fisher: "exp" }), 262);
  assert.equal(segmentRows(small, { ...size, classes: 5000, fisher: "exp" }), 256);
  using large = device(1);
  for (const fisher of ["full", "exp", "binary", "regression"] as const) {
    const most = segmentRows(large, { ...size, fisher });
    assert.ok(most >= 256 && most * 4 * size.classes <= large.limits.bindingBytes);
  }
});
