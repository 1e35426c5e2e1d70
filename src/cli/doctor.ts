/**
 * `creel doctor`: the devices of this computer, their limits and their speed, which one Creel takes
 * and why, and what to install if something is missing.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import { isSoftware, openDevice } from "../device/open.ts";
import { formatBytes } from "../device/tensor.ts";
import { DeviceError } from "../errors.ts";
import { type Ceilings, measureCeilings } from "../linalg/ceilings.ts";
import { type Command, type Given, textOf } from "./command.ts";
import { type Console, openConsole } from "./console.ts";
import { DEVICE_OPTIONS, deviceOf } from "./device.ts";
import { print } from "./output.ts";

/** A device that `auto` does not take, with its speed; or why there is none. */
type Other =
  | { readonly device: Device["kind"]; readonly adapter: string } & Ceilings
  | { readonly device: Device["kind"]; readonly missing: string };

/** The command `creel doctor`. */
export const doctorCommand: Command = {
  name: "doctor",
  summary: "Show the devices, their limits and their measured speed, and what is missing",
  positionals: [],
  options: {
    json: { help: "One JSON object on stdout" },
    ...DEVICE_OPTIONS,
  },
  examples: ["creel doctor", "creel doctor --device cpu --json"],

  async run(_positionals, given) {
    const console = openConsole(given["quiet"] === true);
    using device = await deviceOf(given, console);
    console.note(`Measuring ${device.name}`);
    const ceilings = await measureCeilings(device);
    const others = isAuto(given) ? await measureOthers(device, console) : [];
    const advice = adviceFor(device, given);
    if (given["json"] === true) {
      const { kind, name, limits, memory } = device;
      const software = isSoftware(name);
      const own = { device: kind, adapter: name, software, limits, memoryBudget: memory.budget };
      await print(`${JSON.stringify({ ...own, ...ceilings, others, advice })}\n`);
    } else {
      await print(report(device, ceilings, others, advice));
    }
  },
};

function isAuto(given: Given): boolean {
  return (textOf(given, "device") ?? "auto") === "auto";
}

/** Measures the devices that `auto` did not take. */
async function measureOthers(taken: Device, console: Console): Promise<Other[]> {
  const others: Other[] = [];
  const choices = [
    { device: "webgpu" },
    { device: "cpu", blas: true },
    { device: "cpu", blas: false },
  ] as const;
  const seen = new Set([taken.name]);
  for (const options of choices) {
    if (options.device === "webgpu" && taken.kind === "webgpu") continue;
    try {
      using device = await openDevice({ ...options, signal: taken.signal });
      if (seen.has(device.name)) continue;
      seen.add(device.name);
      console.note(`Measuring ${device.name}`);
      const adapter = device.name;
      others.push({ device: device.kind, adapter, ...await measureCeilings(device) });
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      others.push({ device: options.device, missing: error.message });
    }
  }
  return others;
}

/** Why `auto` takes a device. */
function reasonFor({ kind, name, blas }: Device): string {
  if (kind === "webgpu" && !isSoftware(name)) return "auto takes a GPU first";
  if (blas) return "there is no GPU, and auto takes a BLAS before a software adapter";
  if (kind === "webgpu") return "there is no GPU and no BLAS, and auto takes a software adapter";
  return "there is neither a WebGPU adapter nor a BLAS";
}

/** What to install for a faster device. */
function adviceFor(device: Device, given: Given): string[] {
  const advice: string[] = [];
  const { kind, name, blas } = device;
  if (kind === "cpu" && !blas && !isAuto(given)) {
    advice.push(
      "No BLAS was found. On Debian or Ubuntu, `apt-get install libopenblas0-pthread` gives one, " +
        "which makes matrix products many times faster (it takes the permission --allow-ffi).",
    );
  }
  if (kind === "cpu" && isAuto(given) && !blas) {
    advice.push(
      "Neither a WebGPU adapter nor a BLAS was found. On Debian or Ubuntu, `apt-get install " +
        "libopenblas0-pthread` gives a BLAS and `apt-get install mesa-vulkan-drivers libvulkan1` " +
        "a software adapter; with a GPU, install its maker's Vulkan driver.",
    );
  } else if (isAuto(given) && (kind === "cpu" || isSoftware(name))) {
    advice.push(
      "No GPU was found. Every result is the same on a GPU, only faster: if there is one, install " +
        "the Vulkan driver of its maker (for NVIDIA, nvidia-driver and libvulkan1).",
    );
  }
  if (kind === "webgpu" && isSoftware(name) && isAuto(given)) {
    advice.push(
      "No BLAS was found, which would be faster than this adapter: on Debian or Ubuntu, `apt-get " +
        "install libopenblas0-pthread` (it takes the permission --allow-ffi).",
    );
  }
  return advice;
}

function report(
  device: Device,
  ceilings: Ceilings,
  others: readonly Other[],
  advice: readonly string[],
): string {
  const { limits, memory } = device;
  const rows: readonly (readonly [string, string])[] = [
    ["Device", `${device.kind}, ${device.name}`],
    ...(others.length > 0 ? [["Taken because", reasonFor(device)] as const] : []),
    ["Largest binding", formatBytes(limits.bindingBytes)],
    ["Workgroup memory", formatBytes(limits.workgroupBytes)],
    ["Memory budget", formatBytes(memory.budget)],
    ["Copy", `${copyText(ceilings)} (read plus written)`],
    ["Matrix product", productText(ceilings)],
    ...others.map((other) => ["Also", otherText(other)] as const),
  ];
  const lines = rows.map(([name, value]) => `${name.padEnd(18)}${value}`);
  return [...lines, ...advice.map((text) => `\n${text}`), ""].join("\n");
}

function copyText({ copyGBs }: Ceilings): string {
  return `${copyGBs.toPrecision(3)} GB/s`;
}

function productText({ matmulGFLOPs, matmulOrder }: Ceilings): string {
  return `${matmulGFLOPs.toPrecision(3)} GFLOP/s (${matmulOrder} x ${matmulOrder})`;
}

function otherText(other: Other): string {
  if ("missing" in other) return `no ${other.device}: ${other.missing}`;
  return `${other.device}, ${other.adapter}: copy ${copyText(other)}, product ${
    productText(other)
  }`;
}
