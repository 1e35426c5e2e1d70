import assert from "node:assert/strict";
import type { Device } from "../../src/device/device.ts";
import { profileRows } from "../../src/device/device.ts";
import { dotProduct } from "../../src/linalg/reduce.ts";
import { matmul } from "../../src/linalg/matmul.ts";
import { deviceTest, numbers } from "../fixture.ts";

/** Two products and an inner product. */
async function work(device: Device): Promise<number[]> {
  const D = 70;
  using a = device.tensor("a", [D, D], "real", new Array(D * D).fill(1));
  using b = device.tensor("b", [D, D]);
  using out = device.tensor("out", [1]);
  const square = { m: D, n: D, k: D };
  matmul(device, { ...square, a: { tensor: a }, b: { tensor: a }, c: { tensor: b } });
  using c = device.tensor("c", [D, D]);
  matmul(device, { ...square, a: { tensor: a }, b: { tensor: b }, c: { tensor: c } });
  dotProduct(device, a, c, out);
  return await numbers(device, out);
}

deviceTest("profile: the calls and the time of every kernel, the slowest first", async (device) => {
  const { result, rows, milliseconds } = await device.profile(() => work(device));
  assert.deepEqual(result, [70 ** 4]);
  const calls = Object.fromEntries(rows.map((row) => [row.kernel, row.calls]));
  assert.deepEqual(calls, { matmul: 2, "inner-product": 1, sum: 1 });
  const times = rows.map((row) => row.milliseconds);
  if (times.every((time) => time !== undefined)) {
    assert.ok(times.every((time) => time >= 0));
    assert.deepEqual(times, times.toSorted((a, b) => b - a));
    assert.ok(times[0]! > 0 && times.reduce((a, b) => a + b) < milliseconds);
  }
  // Lavapipe and most GPUs have timestamps; a row without a time is for those that do not.
  if (device.kind === "cpu") assert.ok(times.every((time) => time !== undefined));
});

deviceTest("profile: nothing was done, nothing is reported", async (device) => {
  const { rows } = await device.profile(() => Promise.resolve());
  assert.deepEqual(rows, []);
});

deviceTest("profile: more dispatches than one set of queries holds", async (device) => {
  using a = device.tensor("a", [1], "real", [3]);
  using out = device.tensor("out", [2]);
  const { rows } = await device.profile(() => {
    for (let i = 0; i < 1100; i++) dotProduct(device, a, a, out, i % 2);
    return Promise.resolve();
  });
  assert.deepEqual(
    rows.map(({ kernel, calls }) => `${kernel}: ${calls}`).sort(),
    ["inner-product: 1100", "sum: 1100"],
  );
  assert.deepEqual(await numbers(device, out), [9, 9]);
});

deviceTest("profile: work that fails leaves the device as it was", async (device) => {
  using a = device.tensor("a", [1], "real", [3]);
  using out = device.tensor("out", [1]);
  const failed = device.profile(() => {
    dotProduct(device, a, a, out);
    return Promise.reject(new Error("enough"));
  });
  await assert.rejects(failed, { message: "enough" });
  assert.deepEqual(await numbers(device, out), [9]);
  assert.equal((await device.profile(() => work(device))).rows.length, 3);
});

Deno.test("profile: without times the most frequent kernel comes first", () => {
  const rows = profileRows(new Map([["a", 1], ["b", 3], ["c", 2]]), new Map());
  assert.deepEqual(rows.map(({ kernel }) => kernel), ["b", "c", "a"]);
  assert.equal(rows[0]!.milliseconds, undefined);
});
