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
  /** Where to ask for an adapter, e.g. the `GPU` of a package in Node. Default `navigator.gpu`. */
  gpu?: GPU | undefined;
  /** The most bytes that tensors may take at once. Default 4 GiB. */
  memoryBudget?: number | undefined;
  /** Aborts every recording on this device between two slices. */
  signal?: AbortSignal | undefined;
}

const DEFAULT_MEMORY_BUDGET = 4 * 2 ** 30;

/** The most bytes of a binding that are of use: what 32-bit integers can address. */
const LARGEST_BINDING = 2 ** 31 - 4;

/** Workgroup memory with room for 64 classes in the form `full` of BAIT. */
const LARGEST_WORKGROUP = 49152;

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
 * @example In Node and Bun, with the package `webgpu`
 * ```ts ignore
 * import { create } from "webgpu";
 *
 * const device = await openDevice({ gpu: create([]) });
 * ```
 *
 * @throws {InputError} if `device` is none of the three, or the budget is not positive
 * @throws {DeviceError} if WebGPU was asked for and there is no adapter, or the adapter gives no
 *   device. Where `auto` was asked for, that opens the CPU, and `device.fallback` says why
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
  try {
    const { gpu, name } = await requestGpu(options.gpu ?? globalThis.navigator?.gpu);
    return new WebGpuDevice(gpu, name, memoryBudget, signal, true);
  } catch (error) {
    if (device === "webgpu" || !(error instanceof DeviceError)) throw error;
    return new CpuDevice(memoryBudget, signal, error.message);
  }
}

/** A new GPUDevice with what Creel can use of its adapter, and the adapter in words. */
async function requestGpu(entry: GPU | undefined): Promise<{ gpu: GPUDevice; name: string }> {
  if (!entry) {
    throw new DeviceError(
      "The runtime has no WebGPU (navigator.gpu): in Node and Bun hand over a `gpu` of the package " +
        "webgpu, or use the CPU device",
    );
  }
  const adapter = await refusable(
    "The request for a WebGPU adapter failed",
    () => entry.requestAdapter({ powerPreference: "high-performance" }),
  );
  if (!adapter) {
    throw new DeviceError(
      "No WebGPU adapter was found: install a Vulkan driver (on Debian, mesa-vulkan-drivers and " +
        "libvulkan1 give a software one), or use the CPU device",
    );
  }
  const { maxStorageBufferBindingSize, maxBufferSize, maxComputeWorkgroupStorageSize } =
    adapter.limits;
  const name = describe(adapter.info);
  const gpu = await refusable(`The adapter ${name} gave no device`, () =>
    adapter.requestDevice({
      label: "creel",
      requiredFeatures: adapter.features.has("timestamp-query") ? ["timestamp-query"] : [],
      requiredLimits: {
        maxStorageBufferBindingSize: Math.min(LARGEST_BINDING, maxStorageBufferBindingSize),
        maxBufferSize: Math.min(LARGEST_BINDING, maxBufferSize),
        maxComputeWorkgroupStorageSize: Math.min(LARGEST_WORKGROUP, maxComputeWorkgroupStorageSize),
      },
    }));
  return { gpu, name };
}

/** Awaits an answer of WebGPU; a refusal becomes a DeviceError that says what failed, and why. */
async function refusable<T>(failed: string, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw new DeviceError(`${failed}: ${error instanceof Error ? error.message : error}`);
  }
}

function describe(info: GPUAdapterInfo | undefined): string {
  // Deno gives the readable name as the device's description; Chromium may give only a vendor.
  return info?.description || [info?.vendor, info?.architecture, info?.device].filter(Boolean)
    .join(" ") ||
    "WebGPU adapter";
}
