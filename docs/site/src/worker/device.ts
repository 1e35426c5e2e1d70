/**
 * The device of the page: a GPU where there is one, else the CPU of the worker.
 *
 * @module
 */

import { type Device, DeviceError, isSoftware, openDevice } from "../creel.ts";
import type { DeviceInfo, DeviceWish } from "./protocol.ts";

/** An open device, and what the page says about it. */
export interface OpenedDevice {
  /** The device. */
  readonly device: Device;
  /** What the page says about it. */
  readonly info: DeviceInfo;
}

/**
 * Opens a device. A software adapter takes seconds where the CPU's own code takes a tenth of a
 * second (1,797 digits, SwiftShader), and so `auto` avoids it.
 *
 * @param wish the kind of device
 */
export async function openPageDevice(wish: DeviceWish): Promise<OpenedDevice> {
  if (wish === "cpu") return await openCpu("chosen");
  try {
    if (wish === "auto") {
      // The adapter alone tells: to open a device on a software adapter would take a second.
      const software = await softwareAdapter();
      if (software) return await openCpu("software", software);
    }
    const device = await openDevice({ device: "webgpu" });
    const { kind, name } = device;
    return { device, info: { kind, name, reason: undefined, detail: undefined } };
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    return await openCpu("missing", error.message);
  }
}

/** The name of the browser's adapter, if it computes on the CPU. */
async function softwareAdapter(): Promise<string | undefined> {
  const info = (await navigator.gpu?.requestAdapter())?.info;
  if (!info) return undefined;
  const name = [info.description, info.vendor, info.architecture].filter(Boolean).join(" ");
  return info.isFallbackAdapter || isSoftware(name) ? name : undefined;
}

async function openCpu(reason: DeviceInfo["reason"], detail?: string): Promise<OpenedDevice> {
  const device = await openDevice({ device: "cpu" });
  const { kind, name } = device;
  return { device, info: { kind, name, reason, detail } };
}
