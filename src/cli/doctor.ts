/**
 * `creel doctor`: the device, its limits and its speed, and what to install if something is
 * missing.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import { formatBytes } from "../device/tensor.ts";
import { type Ceilings, measureCeilings } from "../linalg/ceilings.ts";
import type { Command } from "./command.ts";
import { openConsole } from "./console.ts";
import { DEVICE_OPTIONS, deviceOf } from "./device.ts";
import { print } from "./output.ts";

/** The command `creel doctor`. */
export const doctorCommand: Command = {
  name: "doctor",
  summary: "Show the device, its limits and its measured speed, and what is missing",
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
    const software = /llvmpipe|lavapipe|swiftshader|software/i.test(device.name);
    const advice = adviceFor(device, software);
    if (given["json"] === true) {
      const { kind, name, limits, memory } = device;
      await print(
        `${
          JSON.stringify({
            device: kind,
            adapter: name,
            software,
            limits,
            memoryBudget: memory.budget,
            ...ceilings,
            advice,
          })
        }\n`,
      );
    } else {
      await print(report(device, ceilings, advice));
    }
  },
};

/** What to install for a faster device. */
function adviceFor(device: Device, software: boolean): string[] {
  if (device.kind === "cpu") {
    return [
      "No WebGPU adapter was used. On Debian or Ubuntu, `apt-get install mesa-vulkan-drivers " +
      "libvulkan1` gives a software adapter; with a GPU, install its maker's Vulkan driver.",
    ];
  }
  if (software) {
    return [
      "This adapter is software. Every result is the same on a GPU, only faster: install the Vulkan " +
      "driver of the GPU's maker (for NVIDIA, nvidia-driver and libvulkan1).",
    ];
  }
  return [];
}

function report(device: Device, ceilings: Ceilings, advice: readonly string[]): string {
  const { limits, memory } = device;
  const rows: readonly (readonly [string, string])[] = [
    ["Device", `${device.kind}, ${device.name}`],
    ["Largest binding", formatBytes(limits.bindingBytes)],
    ["Workgroup memory", formatBytes(limits.workgroupBytes)],
    ["Memory budget", formatBytes(memory.budget)],
    ["Copy", `${ceilings.copyGBs.toPrecision(3)} GB/s (read plus written)`],
    [
      "Matrix product",
      `${ceilings.matmulGFLOPs.toPrecision(3)} GFLOP/s (${ceilings.matmulOrder} x ` +
      `${ceilings.matmulOrder})`,
    ],
  ];
  const lines = rows.map(([name, value]) => `${name.padEnd(18)}${value}`);
  return [...lines, ...advice.map((text) => `\n${text}`), ""].join("\n");
}
