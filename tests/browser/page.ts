/** What the browser tests run inside a page: the library as a web app would bundle it. */

import { type Device, openDevice, select, STRATEGIES } from "../../mod.ts";
import * as strategies from "../../src/entries/strategies.ts";
import { bytesOf } from "../../src/io/bytes.ts";
import { openNpz } from "../../src/io/numpy/npz.ts";
import { goldenDifferences, parseGolden, runGolden, TOLERANCES } from "../select/golden.ts";
import { runStrategyCase, STRATEGY_CASES } from "../select/golden-strategies.ts";
import { smoke, type SmokeResult } from "../runtimes/smoke.ts";

let opened: Promise<Device> | undefined;

/** One device for all calls: SwiftShader takes up to 14 s for the pipelines of a selection. */
function sharedDevice(): Promise<Device> {
  return opened ??= openDevice({ device: "webgpu" });
}

/** Functions that a test calls by name; what they take and return travels as JSON. */
const calls = {
  /** The device that `openDevice` finds in this browser. */
  async device(): Promise<{ kind: string; name: string }> {
    const { kind, name } = await sharedDevice();
    return { kind, name };
  },

  /** Runs a golden case, and says how it differs from the reference. */
  async golden(name: string): Promise<{ differences: string[]; leaked: number }> {
    const [json, npz] = await Promise.all(
      ["json", "npz"].map((extension) => fetch(`/golden/${name}.${extension}`)),
    );
    const golden = await parseGolden(await json!.text(), await npz!.bytes());
    const device = await sharedDevice();
    const result = await runGolden(device, golden);
    const differences = goldenDifferences(golden, result, TOLERANCES.webgpu);
    return { differences, leaked: device.memory.count };
  },

  /** What is run in every runtime, on the CPU or the GPU. */
  async smoke(device: Device["kind"]): Promise<SmokeResult> {
    const [json, npz] = await Promise.all(
      ["json", "npz"].map((extension) => fetch(`/golden/binary_small.${extension}`)),
    );
    return await smoke(await json!.text(), new Uint8Array(await npz!.arrayBuffer()), { device });
  },

  /** Runs the golden cases of a file of strategies; `differ` lists those unlike the reference. */
  async strategies(name: string): Promise<{ differ: string[]; leaked: number }> {
    const npz = await openNpz(bytesOf(name, await (await fetch(`/golden/${name}.npz`)).bytes()));
    const device = await sharedDevice();
    const differ: string[] = [];
    for (const golden of STRATEGY_CASES) {
      const { picks, expected } = await runStrategyCase(npz, device, golden);
      if (`${picks}` !== `${expected}`) differ.push(golden.array);
    }
    return { differ, leaked: device.memory.count };
  },

  /**
   * Runs every strategy on WebGPU and on the CPU; `differ` lists those with other picks. A head is
   * given, since SwiftShader takes most of a second to train one; the last call trains its own.
   */
  async everyStrategy(): Promise<{ differ: string[]; count: number }> {
    const [rows, columns, classes] = [290, 6, 3];
    const labels = Array.from({ length: rows }, (_, i) => i % classes);
    const data = Float32Array.from(
      { length: rows * columns },
      (_, e) => Math.sin(e * e + 1) + (e % columns === labels[Math.floor(e / columns)] ? 1 : 0),
    );
    const labeled = labels.map((_, i) => i).filter((i) => i % 7 === 0);
    const own = labeled.map((index) => labels[index]!);
    const head = {
      weight: {
        data: Float32Array.from(
          { length: classes * columns },
          (_, e) => (e % columns === Math.floor(e / columns) ? 2 : 0) + 0.3 * Math.cos(e * e),
        ),
        columns,
      },
      bias: [0.1, -0.2, 0.05],
    };
    const input = { features: { data, columns }, labeled, labels: own, budget: 6 };
    const oracle = (index: number) => labels[index]!;
    using reference = await openDevice({ device: "cpu" });
    const differ: string[] = [];
    // In a bundle the names work of those strategies that it has.
    if (Object.keys(strategies).length < STRATEGIES.length) {
      throw new Error("strategies are missing");
    }
    const calls = [
      ...STRATEGIES.map((strategy) => ({ ...input, strategy, oracle, head })),
      { ...input, strategy: "margin" as const },
    ];
    for (const call of calls) {
      const here = await select({ ...call, device: await sharedDevice() });
      const there = await select({ ...call, device: reference });
      if (`${here.picks}` !== `${there.picks}`) differ.push(call.strategy);
    }
    return { differ, count: calls.length };
  },

  /** Selects on the app's own device, which the app uses on afterwards. */
  async ownDevice(): Promise<{ picks: number[]; cpu: number[]; limit: number; after: number[] }> {
    const adapter = await navigator.gpu.requestAdapter();
    const gpuDevice = await adapter!.requestDevice();
    let lost = false;
    gpuDevice.lost.then(() => lost = true);
    const features = {
      data: Float32Array.from({ length: 70 * 11 }, (_, i) => Math.sin(i * i + 1)),
      columns: 11,
    };
    const device = await openDevice({ gpuDevice });
    // A strategy with few kernels, since they are compiled anew for another device.
    const call = { features, strategy: "coreset", budget: 5 } as const;
    const { picks } = await select({ ...call, device });
    const limit = device.limits.bindingBytes;
    device[Symbol.dispose]();
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (lost) throw new Error("The app's device was destroyed");
    const after = await roundTrip(gpuDevice, [3, 1, 4]);
    gpuDevice.destroy();
    using reference = await openDevice({ device: "cpu" });
    const cpu = await select({ ...call, device: reference });
    return { picks, cpu: cpu.picks, limit, after };
  },

  /** The message of the error when an option of a selection is wrong. */
  async refusal(): Promise<string> {
    try {
      await select({ features: [[1], [2]], budget: 3 });
      return "none";
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
  },
};

/** Numbers to the GPU and back: proves that a device still works. */
async function roundTrip(device: GPUDevice, numbers: number[]): Promise<number[]> {
  const size = 4 * numbers.length;
  const source = device.createBuffer({ size, usage: 0x4 | 0x8 }); // COPY_SRC | COPY_DST
  const target = device.createBuffer({ size, usage: 0x1 | 0x8 }); // MAP_READ | COPY_DST
  device.queue.writeBuffer(source, 0, Uint32Array.from(numbers));
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(source, 0, target, 0, size);
  device.queue.submit([encoder.finish()]);
  await target.mapAsync(0x1);
  return Array.from(new Uint32Array(target.getMappedRange()));
}

/** The calls of the page, for tests/browser/chromium_test.ts. */
export type Calls = typeof calls;

Object.assign(globalThis, { calls });
