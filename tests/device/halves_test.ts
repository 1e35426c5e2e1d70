/**
 * Half floats on runtimes without `Float16Array`: the same numbers, bit for bit, on both devices.
 */

import assert from "node:assert/strict";
import type { Device } from "../../src/device/device.ts";
import type { Tensor } from "../../src/device/tensor.ts";
import { normalizeRows } from "../../src/kernels/pool/normalize-rows.ts";
import { deviceTest, numbers, Random } from "../fixture.ts";

/** Runs work as if the runtime had no `Float16Array`. */
async function withoutFloat16Array<T>(work: () => Promise<T>): Promise<T> {
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, "Float16Array")!;
  Reflect.deleteProperty(globalThis, "Float16Array");
  try {
    return await work();
  } finally {
    Object.defineProperty(globalThis, "Float16Array", descriptor);
  }
}

/** What is done to half floats, with and without the runtime's help; all that comes back. */
async function story(device: Device): Promise<number[][]> {
  const random = new Random(1);
  const seen: number[][] = [];
  const look = async (tensor: Tensor, offset?: number, count?: number) => {
    seen.push(await numbers(device, tensor, offset, count));
  };
  for (const length of [0, 1, 2, 7, 1001]) {
    const values = Array.from(random.normals(length, 1e-4), (x, e) => x * (1 + e));
    using tensor = device.tensor("halves", [length], "f16", values);
    await look(tensor);
    await look(tensor, Math.min(length, 1), Math.max(0, length - 2));
    if (length < 7) continue;
    device.write(tensor, [0.1, 70000, -1e-8, NaN], 2);
    // Just above a tie, which float32 would take for the tie itself.
    device.write(tensor, [1 + 2 ** -11 + 2 ** -40], length - 1);
    using copied = device.tensor("copy", [length], "f16");
    device.copy(tensor, copied, { fromOffset: 2, toOffset: 0, count: length - 3 });
    await look(tensor);
    await look(copied);
  }
  using rows = device.tensor("rows", [37, 8], "f16", random.normals(37 * 8));
  device.run(normalizeRows, { x: rows }, { rows: 37, d: 8 }, { half: 1 });
  await look(rows);
  return seen;
}

deviceTest("half floats: without Float16Array they are what they are with it", async (device) => {
  const expected = await story(device);
  const actual = await withoutFloat16Array(() => story(device));
  assert.equal(actual.length, expected.length);
  actual.forEach((values, at) => assert.deepEqual(values, expected[at], `look ${at}`));
});

deviceTest("half floats: without Float16Array they come in a wider array", async (device) => {
  await withoutFloat16Array(async () => {
    using tensor = device.tensor("halves", [3], "f16", [1, 1 / 3, 70000]);
    const values = await device.read(tensor);
    assert.ok(values instanceof (device.kind === "cpu" ? Float64Array : Float32Array));
    assert.deepEqual([...values], [1, 0.333251953125, Infinity]);
  });
});
