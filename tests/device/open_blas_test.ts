/** Which device `openDevice` takes where there is a BLAS, and that it is never needed. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { openDevice } from "../../src/device/open.ts";
import { findBlas } from "../../src/kernels/blas/open-blas.ts";

const blas = findBlas();
const note = blas ? "" : " (no BLAS here)";

/** A WebGPU with one adapter of a name, whose device does nothing. */
function gpuOf(name: string): GPU {
  const limits = {
    maxStorageBufferBindingSize: 2 ** 27,
    maxBufferSize: 2 ** 28,
    maxComputeWorkgroupStorageSize: 2 ** 14,
    minUniformBufferOffsetAlignment: 256,
  };
  const device = {
    limits,
    lost: new Promise(() => {}),
    destroy() {},
    addEventListener() {},
    removeEventListener() {},
    createBuffer: () => ({ destroy() {} }),
    pushErrorScope() {},
    popErrorScope: () => Promise.resolve(null),
  };
  const adapter = {
    limits,
    info: { description: name },
    features: new Set(),
    requestDevice: () => Promise.resolve(device),
  };
  return { requestAdapter: () => Promise.resolve(adapter) } as unknown as GPU;
}

Deno.test({
  name: `blas: it comes after a GPU and before a software adapter${note}`,
  ignore: !blas,
}, async () => {
  using hardware = await openDevice({ gpu: gpuOf("NVIDIA H200") });
  assert.equal(hardware.name, "NVIDIA H200");
  using instead = await openDevice({ gpu: gpuOf("llvmpipe (LLVM 15)") });
  assert.equal(instead.name, `CPU (float64, ${blas!.name})`);
  assert.equal(instead.fallback, undefined);
  using wanted = await openDevice({ gpu: gpuOf("llvmpipe"), device: "webgpu" });
  assert.equal(wanted.kind, "webgpu");
  using without = await openDevice({ gpu: gpuOf("llvmpipe"), blas: false });
  assert.equal(without.kind, "webgpu");
  using plain = await openDevice({ device: "cpu", blas: false });
  assert.equal(plain.name, "CPU (float64)");
});

Deno.test("auto leaves SwiftShader, which is slower than the CPU device, to those who ask for it", async () => {
  using instead = await openDevice({ gpu: gpuOf("SwiftShader Device (Subzero)"), blas: false });
  assert.deepEqual([instead.name, instead.fallback], ["CPU (float64)", undefined]);
  using wanted = await openDevice({ gpu: gpuOf("SwiftShader"), device: "webgpu", blas: false });
  assert.equal(wanted.kind, "webgpu");
});

Deno.test(
  { name: `blas: float32 tensors round, however they are held${note}`, ignore: !blas },
  async () => {
    for (const memoryBudget of [64 * 100, 1e6]) {
      using device = await openDevice({ device: "cpu", memoryBudget });
      using tensor = device.tensor("x", [101], "f32", new Array(101).fill(0.1));
      device.write(tensor, [0.2], 100);
      const values = Array.from(await device.read(tensor));
      assert.deepEqual(values, [...new Array(100).fill(Math.fround(0.1)), Math.fround(0.2)]);
    }
  },
);

/** The name of the CPU device of a process with these permissions and this environment. */
async function nameWith(flags: readonly string[], env: Record<string, string> = {}) {
  const folder = await Deno.makeTempDir();
  try {
    const program = join(folder, "name.ts");
    const entry = new URL("../../src/device/open.ts", import.meta.url).href;
    await Deno.writeTextFile(
      program,
      // Imported as by the command line; otherwise it takes the permission to read it.
      `import "${entry.replace("device/open.ts", "kernels/blas/open-blas.ts")}";\n` +
        `import { openDevice } from "${entry}";\n` +
        'console.log((await openDevice({ device: "cpu" })).name);\n',
    );
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--no-check", ...flags, program],
      env: { NO_COLOR: "1", ...env },
    }).output();
    const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return decode(stdout).trim() + decode(stderr);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test(`blas: only with the permission, and as CREEL_BLAS says${note}`, async () => {
  assert.equal(await nameWith([]), "CPU (float64)");
  assert.equal(await nameWith(["-A"], { CREEL_BLAS: "none" }), "CPU (float64)");
  assert.equal(await nameWith(["-A"], { CREEL_BLAS: "/nowhere/libblas.so" }), "CPU (float64)");
  if (!blas) return;
  const name = `CPU (float64, ${blas.name})`;
  assert.equal(await nameWith(["--allow-ffi"]), name);
  assert.equal(await nameWith(["-A"], { CREEL_BLAS: blas.name }), name);
});
