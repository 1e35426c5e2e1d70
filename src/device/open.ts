/**
 * Opening a device: WebGPU where an adapter exists, the CPU otherwise, or the GPUDevice that a web
 * app already has.
 *
 * @module
 */

import { DeviceError, InputError } from "../errors.ts";
import { CpuDevice } from "./cpu.ts";
import type { Device } from "./device.ts";
import { WebGpuDevice } from "./webgpu.ts";

/** Which device to open. */
export type DeviceChoice = "auto" | "webgpu" | "cpu";

/** How to open a device. */
export interface OpenDeviceOptions {
  /** Which one: `auto` (the default) takes WebGPU where an adapter exists and the CPU otherwise. */
  device?: DeviceChoice | undefined;
  /** A device that the web app already has; it is used as it is and never destroyed. */
  gpuDevice?: GPUDevice | undefined;
  /** The most bytes that tensors may take at once. Default 4 GiB. */
  memoryBudget?: number | undefined;
  /** Aborts every recording on this device between two slices. */
  signal?: AbortSignal | undefined;
}

const DEFAULT_MEMORY_BUDGET = 4 * 2 ** 30;

/** What would be used if the adapter had it: bindings of 2 GiB, and room for 64 classes in `full`. */
const NEEDED = {
  maxStorageBufferBindingSize: 2 ** 31 - 4,
  maxBufferSize: 2 ** 31 - 4,
  maxComputeWorkgroupStorageSize: 49152,
};

/**
 * Opens a device.
 *
 * @example
 * ```ts
 * import { openDevice } from "@creel/creel";
 *
 * using device = await openDevice({ device: "cpu" });
 * console.assert(device.kind === "cpu");
 * ```
 *
 * @throws {InputError} if `device` is none of the three, or the budget is not positive
 * @throws {DeviceError} if WebGPU was asked for and there is no adapter
 */
export async function openDevice(options: OpenDeviceOptions = {}): Promise<Device> {
  const { device = "auto", gpuDevice, memoryBudget = DEFAULT_MEMORY_BUDGET, signal } = options;
  if (!["auto", "webgpu", "cpu"].includes(device)) {
    throw new InputError(`Unknown device ${device}: use auto, webgpu or cpu`);
  }
  if (!(memoryBudget > 0)) {
    throw new InputError(`The memory budget must be a positive number of bytes: ${memoryBudget}`);
  }
  if (gpuDevice) {
    const name = describe(gpuDevice.adapterInfo);
    return new WebGpuDevice(gpuDevice, name, memoryBudget, signal, false);
  }
  if (device === "cpu") return new CpuDevice(memoryBudget, signal);
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) {
    if (device === "auto") return new CpuDevice(memoryBudget, signal);
    throw new DeviceError(
      "No WebGPU adapter was found: install a Vulkan driver (on Debian, mesa-vulkan-drivers and " +
        "libvulkan1 give a software one), or use the CPU device",
    );
  }
  const gpu = await adapter.requestDevice({
    label: "creel",
    requiredFeatures: adapter.features.has("timestamp-query") ? ["timestamp-query"] : [],
    requiredLimits: Object.fromEntries(
      Object.entries(NEEDED).map(([name, need]) => [
        name,
        Math.min(need, adapter.limits[name as keyof typeof NEEDED]),
      ]),
    ),
  });
  return new WebGpuDevice(gpu, describe(adapter.info), memoryBudget, signal, true);
}

function describe(info: GPUAdapterInfo | undefined): string {
  // Deno gives the readable name as the device's description; Chromium may give only a vendor.
  return info?.description || [info?.vendor, info?.architecture, info?.device].filter(Boolean)
    .join(" ") ||
    "WebGPU adapter";
}
