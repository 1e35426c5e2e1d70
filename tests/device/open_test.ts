import assert from "node:assert/strict";
import { openDevice, type OpenDeviceOptions } from "../../src/device/open.ts";
import { WebGpuDevice } from "../../src/device/webgpu.ts";
import { tiledMatmul } from "../../src/kernels/linalg/matmul.ts";
import { hasAdapter, numbers } from "../fixture.ts";

const ignore = !hasAdapter;

/** Runs a test as if this machine had no adapter. */
async function withoutAdapter(test: () => Promise<void>): Promise<void> {
  const { gpu } = navigator;
  const requestAdapter = gpu.requestAdapter;
  gpu.requestAdapter = () => Promise.resolve(null);
  try {
    await test();
  } finally {
    gpu.requestAdapter = requestAdapter;
  }
}

/** A WebGPU whose requests end as given. */
function fakeGpu(adapter: () => Promise<GPUAdapter | null>): GPU {
  return { requestAdapter: adapter } as GPU;
}

/** An adapter that gives no device. */
function brokenAdapter(reason: unknown): GPUAdapter {
  return {
    info: { description: "Broken 9000" },
    limits: {},
    features: new Set(),
    requestDevice: () => Promise.reject(reason),
  } as unknown as GPUAdapter;
}

async function isLost(gpu: GPUDevice): Promise<boolean> {
  const soon = new Promise<false>((resolve) => setTimeout(() => resolve(false), 50));
  return await Promise.race([gpu.lost.then(() => true), soon]);
}

Deno.test("openDevice: an unknown device or a budget that is not positive is refused", async () => {
  const refuses = (options: unknown, message: string) =>
    assert.rejects(openDevice(options as OpenDeviceOptions), { name: "InputError", message });
  await refuses({ device: "cuda" }, "Unknown device cuda: use auto, webgpu or cpu");
  for (const memoryBudget of [0, -1, NaN]) {
    await refuses(
      { device: "cpu", memoryBudget },
      `The memory budget must be a positive number of bytes: ${memoryBudget}`,
    );
  }
});

Deno.test("openDevice: webgpu without an adapter says what to install", async () => {
  await withoutAdapter(async () => {
    await assert.rejects(openDevice({ device: "webgpu" }), {
      name: "DeviceError",
      message: "No WebGPU adapter was found: install a Vulkan driver (on Debian, " +
        "mesa-vulkan-drivers and libvulkan1 give a software one), or use the CPU device",
    });
  });
});

Deno.test("openDevice: auto falls back to the CPU without an adapter", async () => {
  await withoutAdapter(async () => {
    for (const options of [undefined, {}, { device: "auto" }] as const) {
      using device = await openDevice(options);
      assert.equal(device.kind, "cpu");
      assert.match(device.fallback!, /^No WebGPU adapter was found: /);
    }
  });
});

Deno.test("openDevice: a requested device is no fallback", async () => {
  using device = await openDevice({ device: "cpu" });
  assert.equal(device.fallback, undefined);
});

for (
  const [what, gpu, message] of [
    [
      "that fails to look for an adapter",
      fakeGpu(() => Promise.reject(new Error("the driver crashed"))),
      "The request for a WebGPU adapter failed: the driver crashed",
    ],
    [
      "whose adapter gives no device",
      fakeGpu(() => Promise.resolve(brokenAdapter(new Error("not enough memory")))),
      "The adapter Broken 9000 gave no device: not enough memory",
    ],
    [
      "that rejects with something else than an error",
      fakeGpu(() => Promise.resolve(brokenAdapter("no"))),
      "The adapter Broken 9000 gave no device: no",
    ],
  ] as const
) {
  Deno.test(`openDevice: a WebGPU ${what} is a DeviceError, and auto takes the CPU`, async () => {
    await assert.rejects(openDevice({ gpu, device: "webgpu" }), { name: "DeviceError", message });
    using device = await openDevice({ gpu });
    assert.deepEqual([device.kind, device.fallback], ["cpu", message]);
  });
}

Deno.test("openDevice: the adapter comes from the GPU that is given", { ignore }, async () => {
  let asked = 0;
  const { gpu: own } = navigator;
  const gpu = fakeGpu(() => {
    asked++;
    return own.requestAdapter();
  });
  using device = await openDevice({ gpu, blas: false });
  assert.deepEqual([device.kind, device.fallback, asked], ["webgpu", undefined, 1]);
});

Deno.test("openDevice: without a navigator, as in Node 20, auto takes the CPU", async () => {
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, "navigator")!;
  Reflect.deleteProperty(globalThis, "navigator");
  try {
    const message =
      "The runtime has no WebGPU (navigator.gpu): in Node and Bun hand over a `gpu` " +
      "of the package webgpu, or use the CPU device";
    using device = await openDevice();
    assert.deepEqual([device.kind, device.fallback], ["cpu", message]);
    await assert.rejects(openDevice({ device: "webgpu" }), { name: "DeviceError", message });
  } finally {
    Object.defineProperty(globalThis, "navigator", descriptor);
  }
});

Deno.test({ name: "openDevice: auto takes WebGPU where there is an adapter", ignore }, async () => {
  using device = await openDevice({ blas: false });
  assert.equal(device.kind, "webgpu");
  assert.notEqual(device.name, "");
  // The defaults of WebGPU are the least that any device has.
  assert.ok(device.limits.bindingBytes >= 128 * 2 ** 20);
  assert.ok(device.limits.workgroupBytes >= 16 * 2 ** 10);
});

Deno.test("openDevice: budget and signal arrive at the device", async () => {
  const { signal } = new AbortController();
  using device = await openDevice({ device: "cpu", memoryBudget: 1000, signal });
  assert.equal(device.memory.budget, 1000);
  assert.equal(device.signal, signal);
  using other = await openDevice({ device: "cpu" });
  assert.equal(other.memory.budget, 4 * 2 ** 30);
});

Deno.test(
  { name: "openDevice: a web app's GPUDevice is used and never destroyed", ignore },
  async () => {
    const gpuDevice = await (await navigator.gpu.requestAdapter())!.requestDevice();
    for (let time = 0; time < 2; time++) {
      // It wins over the choice of a device: the app has made it already.
      const device = await openDevice({ gpuDevice, device: "cpu" });
      assert.equal(device.kind, "webgpu");
      const tensor = device.tensor("x", [3], "real", [1, 2, 3]);
      assert.deepEqual(await numbers(device, tensor), [1, 2, 3]);
      tensor[Symbol.dispose]();
      device[Symbol.dispose]();
      assert.equal(await isLost(gpuDevice), false);
    }
    gpuDevice.pushErrorScope("validation");
    gpuDevice.createBuffer({ size: 4, usage: 0x80 }).destroy();
    assert.equal(await gpuDevice.popErrorScope(), null);
    gpuDevice.destroy();
  },
);

Deno.test(
  { name: "openDevice: a device of its own is destroyed, without a complaint", ignore },
  async () => {
    const gpu = await (await navigator.gpu.requestAdapter())!.requestDevice();
    const device = new WebGpuDevice(gpu, "mine", 1e6, undefined, true);
    device.tensor("left behind", [3]);
    device[Symbol.dispose]();
    assert.equal(await isLost(gpu), true);
  },
);

Deno.test({
  name: "openDevice: the finest alignment of uniforms leaves room for parameters",
  ignore,
}, async () => {
  const fresh = (await navigator.gpu.requestAdapter())!;
  const { minUniformBufferOffsetAlignment } = fresh.limits;
  const gpuDevice = await fresh.requestDevice({
    requiredLimits: { minUniformBufferOffsetAlignment },
  });
  using device = await openDevice({ gpuDevice });
  using a = device.tensor("a", [1], "real", [3]);
  using b = device.tensor("b", [1], "real", [5]);
  using c = device.tensor("c", [4]);
  // Two calls with the most parameters of all kernels: their places may not overlap.
  for (const cOffset of [1, 3]) {
    device.run(tiledMatmul, { a, b, c }, {
      ...{ m: 1, n: 1, k: 1, lda: 1, ldb: 1, ldc: 1, aOffset: 0, bOffset: 0, cOffset },
      ...{ kSlice: 1, sliceStride: 0, lower: 0, alpha: cOffset, beta: 0 },
    });
  }
  assert.deepEqual(await numbers(device, c), [0, 15, 0, 45]);
  gpuDevice.destroy();
});

Deno.test("open: options that it does not have are refused", async () => {
  await assert.rejects(() => openDevice({ memory: 1e9 } as OpenDeviceOptions), {
    name: "InputError",
    message:
      "Unknown option memory of openDevice: it has device, gpuDevice, gpu, memoryBudget, blas, " +
      "onNote, signal",
  });
});
