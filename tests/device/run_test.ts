/** How dispatches are recorded, ordered, batched and counted. */

import assert from "node:assert/strict";
import { defineKernel } from "../../src/device/kernel.ts";
import { deviceTest, gpuTest, numbers, sharedDevice } from "../fixture.ts";

/** `x[at] = x[from] + value`: the smallest kernel with parameters of both types. */
const add = defineKernel({
  name: "add",
  wgsl: `
    override sign: f32 = 1.0;
    struct Params { from_: u32, at: u32, value: f32 }
    @group(0) @binding(0) var<storage, read_write> x: array<f32>;
    @group(0) @binding(1) var<uniform> params: Params;
    @compute @workgroup_size(1) fn main() {
      x[params.at] = x[params.from_] + sign * params.value;
    }`,
  bindings: { x: "write" },
  params: { from: "u32", at: "u32", value: "f32" },
  constants: { sign: 1 },
  grid: () => [1],
  cpu({ x }, { from, at, value }, { sign }) {
    x[at] = x[from]! + sign * value;
  },
});

/** `y = 2 x`, without parameters. */
const double = defineKernel({
  name: "double",
  wgsl: `
    @group(0) @binding(0) var<storage, read> x: array<f32>;
    @group(0) @binding(1) var<storage, read_write> y: array<f32>;
    @compute @workgroup_size(1) fn main(@builtin(workgroup_id) id: vec3u) {
      y[id.x] = 2.0 * x[id.x];
    }`,
  bindings: { x: "read", y: "write" },
  params: {},
  constants: {},
  grid: () => [3],
  cpu({ x, y }) {
    for (let i = 0; i < 3; i++) y[i] = 2 * x[i]!;
  },
});

/** `x[at] = value`, a float or an index. */
function putKernel(name: string, type: "f32" | "u32") {
  return defineKernel({
    name,
    wgsl: `
      struct Params { at: u32, value: ${type} }
      @group(0) @binding(0) var<storage, read_write> x: array<${type}>;
      @group(0) @binding(1) var<uniform> params: Params;
      @compute @workgroup_size(1) fn main() { x[params.at] = params.value; }`,
    bindings: { x: "write" },
    params: { at: "u32", value: type },
    constants: {},
    grid: () => [1],
    cpu({ x }, { at, value }) {
      x[at] = value;
    },
  });
}

const put = putKernel("put", "f32");
const putIndex = putKernel("put-index", "u32");

deviceTest("run: every dispatch sees what the ones before it wrote", async (device) => {
  using x = device.tensor("x", [1001]);
  for (let at = 1; at <= 1000; at++) device.run(add, { x }, { from: at - 1, at, value: 0.5 });
  const values = await numbers(device, x);
  assert.deepEqual(values, values.map((_, at) => at / 2));
});

deviceTest(
  "run: uploads, dispatches and copies take effect in the order of the calls",
  async (device) => {
    using x = device.tensor("x", [3], "real", [1, 2, 3]);
    using y = device.tensor("y", [3]);
    using z = device.tensor("z", [4]);
    device.run(double, { x, y }, {});
    device.copy(y, z, { fromOffset: 0, toOffset: 0, count: 1 });
    device.write(x, [10, 20, 30]);
    device.run(double, { x, y }, {});
    device.copy(y, z, { fromOffset: 1, toOffset: 1, count: 1 });
    device.write(y, [7], 2);
    device.run(add, { x: y }, { from: 2, at: 0, value: 1 });
    device.copy(y, z, { fromOffset: 0, toOffset: 2, count: 1 });
    assert.deepEqual(await numbers(device, y), [8, 40, 7]);
    assert.deepEqual(await numbers(device, z), [2, 40, 8, 0]);
  },
);

deviceTest("run: constants make variants of a kernel", async (device) => {
  using x = device.tensor("x", [3]);
  device.run(add, { x }, { from: 0, at: 1, value: 1 });
  device.run(add, { x }, { from: 0, at: 2, value: 1 }, { sign: -1 });
  device.run(add, { x }, { from: 1, at: 0, value: 1 }, { sign: 1 });
  assert.deepEqual(await numbers(device, x), [2, 1, -1]);
});

deviceTest("run: more different parameters than one slice holds", async (device) => {
  const size = 1301;
  using x = device.tensor("x", [size + 1]);
  for (let at = 0; at < size; at++) device.run(add, { x }, { from: size, at, value: at + 0.25 });
  const values = await numbers(device, x, 0, size);
  assert.deepEqual(values, values.map((_, at) => at + 0.25));
});

deviceTest("run: parameters of 32 bits arrive whole", async (device) => {
  using x = device.tensor("x", [4]);
  for (const value of [-1.5e38, 2 ** -126, -0.1]) {
    device.run(add, { x }, { from: 0, at: 3, value });
    assert.deepEqual((await numbers(device, x, 3, 1)).map(Math.fround), [Math.fround(value)]);
  }
});

deviceTest(
  "run: a whole number and a float of the same value are different parameters",
  async (device) => {
    using x = device.tensor("x", [4]);
    using indices = device.tensor("indices", [4], "u32");
    for (const value of [1, 3]) {
      device.run(put, { x }, { at: value, value });
      device.run(putIndex, { x: indices }, { at: value, value });
    }
    assert.deepEqual(await numbers(device, x), [0, 1, 0, 3]);
    assert.deepEqual(await numbers(device, indices), [0, 1, 0, 3]);
  },
);

deviceTest("run: more tensors than the bind groups that are kept", async (device) => {
  const tensors = Array.from(
    { length: 601 },
    (_, i) => device.tensor(`x${i}`, [2], "real", [i, 0]),
  );
  for (const x of tensors) device.run(add, { x }, { from: 0, at: 1, value: 1 });
  for (const x of tensors.toReversed()) device.run(add, { x }, { from: 1, at: 0, value: 1 });
  const values = await device.readAll(tensors.map((tensor) => ({ tensor })));
  assert.deepEqual(values.map((pair) => Array.from(pair)), tensors.map((_, i) => [i + 2, i + 1]));
  for (const tensor of tensors) tensor[Symbol.dispose]();
});

deviceTest("run: counts what was asked for", async (device) => {
  using x = device.tensor("x", [3]);
  using y = device.tensor("y", [3]);
  const { dispatches, readbacks } = device.counts;
  const before = device.counts.kernels.get("double") ?? 0;
  for (let i = 0; i < 5; i++) device.run(double, { x, y }, {});
  await device.read(y);
  assert.equal(device.counts.dispatches, dispatches + 5);
  assert.equal(device.counts.kernels.get("double"), before + 5);
  assert.equal(device.counts.readbacks, readbacks + 1);
});

gpuTest("submit: a thousand dispatches and a readback are one submission", async (device) => {
  using x = device.tensor("x", [2]);
  await device.idle();
  const { submits } = device.counts;
  for (let i = 0; i < 1000; i++) device.run(add, { x }, { from: 0, at: 0, value: 1 });
  assert.equal(device.counts.submits, submits);
  assert.deepEqual(await numbers(device, x), [1000, 0]);
  assert.equal(device.counts.submits, submits + 1);
  device.submit();
  await device.idle();
  assert.equal(device.counts.submits, submits + 1, "there was nothing to submit");
});

gpuTest("submit: the parameters of 1,301 dispatches take three submissions", async (device) => {
  using x = device.tensor("x", [1400]);
  await device.idle();
  const { submits } = device.counts;
  for (let at = 0; at < 1301; at++) device.run(add, { x }, { from: 1399, at, value: 1 });
  await device.idle();
  assert.equal(device.counts.submits, submits + 3);
});

Deno.test("the CPU device computes in float64", async () => {
  const device = await sharedDevice("cpu");
  using x = device.tensor("x", [2]);
  device.run(add, { x }, { from: 0, at: 1, value: 0.1 });
  assert.equal((await device.read(x))[1], 0.1);
});
