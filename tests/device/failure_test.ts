/** What goes wrong on a GPU rejects the next wait, with a message that helps. */

import assert from "node:assert/strict";
import { defineKernel } from "../../src/device/kernel.ts";
import { WebGpuDevice } from "../../src/device/webgpu.ts";
import { hasAdapter } from "../fixture.ts";

/** Registers a test with a device of its own, which it may break. */
function breakingTest(
  name: string,
  test: (device: WebGpuDevice, gpu: GPUDevice) => Promise<void>,
): void {
  Deno.test({
    name: hasAdapter ? name : `${name} (no adapter here)`,
    ignore: !hasAdapter,
    async fn() {
      const gpu = await (await navigator.gpu.requestAdapter())!.requestDevice();
      using device = new WebGpuDevice(gpu, "test adapter", 1e9, undefined, true);
      await test(device, gpu);
    },
  });
}

/** A kernel with one output and some source. */
function kernelOf(wgsl: string, groups = 1) {
  return defineKernel({
    name: "broken",
    wgsl,
    bindings: { x: "write" },
    params: {},
    constants: { factor: 1 },
    grid: () => [groups],
    cpu() {},
  });
}

const header = `@group(0) @binding(0) var<storage, read_write> x: array<f32>;
override factor: u32 = 1u;
`;

breakingTest("a shader that does not compile: line, column and source", async (device) => {
  using x = device.tensor("x", [1]);
  const source = "  x[0] = undeclared + 1.0;";
  device.run(kernelOf(`${header}@compute @workgroup_size(1) fn main() {\n${source}\n}`), { x }, {});
  await assert.rejects(device.read(x), (error: Error) => {
    assert.equal(error.name, "DeviceError");
    assert.match(error.message, /^Cannot compile shader broken, line 4, column 10: .*undeclared/);
    assert.ok(error.message.endsWith(`\n  ${source}`));
    return true;
  });
});

breakingTest("a shader that is no WGSL at all is reported by idle, too", async (device) => {
  using x = device.tensor("x", [1]);
  device.run(kernelOf("not a shader"), { x }, {});
  await assert.rejects(device.idle(), {
    name: "DeviceError",
    message: /^Cannot compile shader broken, line 1, column 1: [^]*\n {2}not a shader$/,
  });
});

breakingTest("a pipeline that cannot be built names its kernel", async (device) => {
  using x = device.tensor("x", [1]);
  const wrong = kernelOf(`${header}@compute @workgroup_size(factor) fn main() { x[0] = 1.0; }`);
  device.run(wrong, { x }, {}, { factor: 100_000 });
  await assert.rejects(device.idle(), {
    name: "DeviceError",
    message: /^Cannot build kernel broken: ./,
  });
});

breakingTest("a command that the GPU rejects becomes a rejected promise", async (device) => {
  using x = device.tensor("x", [1]);
  const shader = `${header}@compute @workgroup_size(1) fn main() { x[0] = 1.0; }`;
  device.run(kernelOf(shader, 65_536), { x }, {});
  await assert.rejects(device.read(x), {
    name: "DeviceError",
    message: /^The GPU rejected a command: .*65535/,
  });
});

breakingTest("a write beyond a tensor becomes a rejected promise", async (device) => {
  using x = device.tensor("x", [3]);
  device.write(x, [1, 2, 3], 1);
  await assert.rejects(device.read(x), { name: "DeviceError", message: /rejected a command/ });
});

breakingTest("a failure that no code awaits ends nothing", async (device) => {
  using x = device.tensor("x", [1]);
  device.run(kernelOf("not a shader"), { x }, {});
  device.submit();
  await new Promise((resolve) => setTimeout(resolve, 20));
});

breakingTest("a device that works reports nothing", async (device) => {
  using x = device.tensor("x", [1]);
  device.run(
    kernelOf(`${header}@compute @workgroup_size(1) fn main() { x[0] = 1.0; }`),
    { x },
    {},
    { factor: 3 },
  );
  await device.idle();
  assert.deepEqual(await device.read(x), Float32Array.of(1));
});

breakingTest("a lost device rejects whoever waits, and everybody after", async (device, gpu) => {
  const x = device.tensor("x", [1]);
  await device.read(x);
  gpu.destroy();
  const lost = { name: "DeviceError", message: /^The GPU device was lost \(destroyed\): ./ };
  await assert.rejects(device.read(x), lost);
  await assert.rejects(device.idle(), lost);
  device.write(x, [1]);
  await assert.rejects(device.read(x), lost);
});

breakingTest("a device lost in the middle of a recording", async (device, gpu) => {
  const x = device.tensor("x", [1]);
  const shader = `${header}@compute @workgroup_size(1) fn main() { x[0] += 1.0; }`;
  device.run(kernelOf(shader), { x }, {});
  gpu.destroy();
  device.run(kernelOf(shader), { x }, {});
  await assert.rejects(device.idle(), { name: "DeviceError", message: /lost|rejected/ });
});

breakingTest("errors after the device was given up are not its own", async (_, gpu) => {
  const device = new WebGpuDevice(gpu, "borrowed", 1e9, undefined, false);
  device[Symbol.dispose]();
  gpu.createBuffer({ size: 4, usage: 0 });
  await new Promise((resolve) => setTimeout(resolve, 20));
});

breakingTest("a borrowed device frees the buffers of commands that were never submitted", async (
  _,
  gpu,
) => {
  const device = new WebGpuDevice(gpu, "borrowed", 1e9, undefined, false);
  const x = device.tensor("x", [1]);
  const buffer = x.memory as GPUBuffer;
  let destroyed = 0;
  buffer.destroy = () => {
    destroyed++;
  };
  const shader = `${header}@compute @workgroup_size(1) fn main() { x[0] = 1.0; }`;
  device.run(kernelOf(shader), { x }, {});
  x[Symbol.dispose]();
  assert.equal(destroyed, 0);
  device[Symbol.dispose]();
  assert.equal(destroyed, 1);
  await gpu.queue.onSubmittedWorkDone();
});
