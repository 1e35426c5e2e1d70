/**
 * Opening a device: WebGPU where an adapter exists, the CPU otherwise, or the GPUDevice that a web
 * app already has.
 *
 * @module
 */

import { checkNames, type OptionNames } from "../check-names.ts";
import { DeviceError, InputError } from "../errors.ts";
import { loadBeside } from "../load-beside.ts";
import type { Blas } from "./blas.ts";
import { allowCollection } from "./garbage-collection.ts";
import { CpuDevice } from "./cpu.ts";
import type { Device } from "./device.ts";
import { gpuError } from "./gpu-error.ts";
import { WebGpuDevice } from "./webgpu.ts";

/**
 * The device to open; `auto` takes a GPU, else the CPU with a BLAS, else a software adapter of
 * WebGPU, else the CPU.
 */
export type DeviceChoice = "auto" | "webgpu" | "cpu";

/** The options of {@linkcode openDevice}. */
export interface OpenDeviceOptions {
  /** The kind of device. Default `auto`, the fastest of those that there are. */
  device?: DeviceChoice | undefined;
  /** An existing GPUDevice of the web app; it is used unchanged and never destroyed. */
  gpuDevice?: GPUDevice | undefined;
  /** The WebGPU entry point, e.g. of an npm package in Node. Default `navigator.gpu`. */
  gpu?: GPU | undefined;
  /** The largest total size of all tensors, in bytes. Default 4 GiB. */
  memoryBudget?: number | undefined;
  /**
   * Whether the CPU device calls a BLAS, the library of matrix products of the system, if Deno may
   * use foreign functions and there is one. Default true; the picks are the same without.
   */
  blas?: boolean | undefined;
  /** Receives sentences about what is slow, such as a pool that exceeds the memory budget. */
  onNote?: ((text: string) => void) | undefined;
  /** An abort signal that stops all work on this device between two slices. */
  signal?: AbortSignal | undefined;
}

/** The names of {@linkcode OpenDeviceOptions}. */
const OPEN_OPTIONS: OptionNames<OpenDeviceOptions> = {
  device: true,
  gpuDevice: true,
  gpu: true,
  memoryBudget: true,
  blas: true,
  onNote: true,
  signal: true,
};

/** The memory budget if none is given, in bytes. */
const DEFAULT_MEMORY_BUDGET = 4 * 2 ** 30;

/** The largest binding that is requested, in bytes: 32-bit integers must address its elements. */
const LARGEST_BINDING = 2 ** 31 - 4;

/** The workgroup memory that is requested, in bytes: 64 classes with BAIT's Fisher form `full`. */
const LARGEST_WORKGROUP = 49152;

/**
 * Opens a device. It must be disposed after use, by `using` or `dispose()`.
 *
 * @example
 * ```ts
 * import { openDevice } from "@creel/creel";
 * import assert from "node:assert/strict";
 *
 * using device = await openDevice({ device: "cpu" });
 * assert.equal(device.kind, "cpu");
 * ```
 *
 * @example In Node and Bun, with the package `webgpu`
 * ```ts ignore
 * import { create } from "webgpu";
 *
 * const device = await openDevice({ gpu: create([]) });
 * ```
 *
 * @param options the kind of device, the memory budget, and an abort signal
 * @returns the device, the caller's to dispose
 * @throws {InputError} if `device` is not one of the three kinds, the memory budget is not
 * positive, or an option is unknown
 * @throws {DeviceError} if `device` is `webgpu` and there is no adapter, or the adapter refuses to
 * open a device. With `auto` the CPU device is opened instead, and its `fallback` is the reason
 */
export async function openDevice(options: OpenDeviceOptions = {}): Promise<Device> {
  checkNames("openDevice", options, OPEN_OPTIONS);
  return Object.assign(await open(options), { onNote: options.onNote });
}

async function open(options: OpenDeviceOptions): Promise<Device> {
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
  const blas = device === "webgpu" || options.blas === false ? undefined : await blasOfDeno();
  if (device === "cpu") return new CpuDevice(memoryBudget, signal, undefined, blas);
  let gpu: GPUDevice | undefined;
  try {
    const adapter = await requestAdapter(options.gpu ?? globalThis.navigator?.gpu);
    const name = describe(adapter.info);
    const software = isSoftware(name) || adapter.info?.isFallbackAdapter;
    // Browsers have SwiftShader and no BLAS: BAIT on 2,000 x 64 took 14.5 s, and 0.35 s here.
    if (device === "auto" && (blas ? software : /swiftshader/i.test(name))) {
      return new CpuDevice(memoryBudget, signal, undefined, blas);
    }
    gpu = await requestDevice(adapter, name);
    return new WebGpuDevice(gpu, name, memoryBudget, signal, true);
  } catch (error) {
    gpu?.destroy();
    if (device === "webgpu" || !(error instanceof DeviceError)) throw error;
    return new CpuDevice(memoryBudget, signal, error.message, blas);
  }
}

/** Requests the adapter of the fastest GPU. */
async function requestAdapter(entry: GPU | undefined): Promise<GPUAdapter> {
  if (!entry) {
    throw new DeviceError(
      "The runtime has no WebGPU (navigator.gpu): in Node and Bun hand over a `gpu` of the package " +
        "webgpu, or use the CPU device",
    );
  }
  await allowCollection();
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
  return adapter;
}

/** Requests a GPUDevice with the limits that Creel can use. */
async function requestDevice(adapter: GPUAdapter, name: string): Promise<GPUDevice> {
  const { maxStorageBufferBindingSize, maxBufferSize, maxComputeWorkgroupStorageSize } =
    adapter.limits;
  return await refusable(`The adapter ${name} gave no device`, () =>
    adapter.requestDevice({
      label: "creel",
      requiredFeatures: adapter.features.has("timestamp-query") ? ["timestamp-query"] : [],
      requiredLimits: {
        maxStorageBufferBindingSize: Math.min(LARGEST_BINDING, maxStorageBufferBindingSize),
        maxBufferSize: Math.min(LARGEST_BINDING, maxBufferSize),
        maxComputeWorkgroupStorageSize: Math.min(LARGEST_WORKGROUP, maxComputeWorkgroupStorageSize),
      },
    }));
}

/** Awaits a promise of WebGPU; a rejection becomes a DeviceError with the reason. */
async function refusable<T>(failed: string, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw gpuError(failed, error);
  }
}

function describe(info: GPUAdapterInfo | undefined): string {
  // Deno gives the readable name as the device's description; Chromium may give only a vendor.
  return info?.description || [info?.vendor, info?.architecture, info?.device].filter(Boolean)
    .join(" ") ||
    "WebGPU adapter";
}

/** Whether an adapter of this name computes on the CPU. */
export function isSoftware(name: string): boolean {
  return /llvmpipe|lavapipe|swiftshader|software|basic render/i.test(name);
}

/**
 * Finds a BLAS in Deno. Its code is beside this module and not imported by it, so that bundles for
 * browsers, where there is none, do not contain it; bundles for Deno run the twins.
 */
async function blasOfDeno(): Promise<Blas | undefined> {
  if (!("Deno" in globalThis)) return undefined;
  try {
    const module = await loadBeside<{ findBlas(): Blas | undefined }>(
      import.meta.url,
      "device/open",
      "kernels/blas/open-blas",
    );
    return module?.findBlas();
  } catch {
    return undefined; // The module may not be read.
  }
}
