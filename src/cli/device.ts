/**
 * The options that select the device of a command.
 *
 * @module
 */

import process from "node:process";
// Imported, so that they can be loaded without the permission to read them.
import "../kernels/blas/open-blas.ts";
import "../pool/stream-rows.ts";
import type { Device } from "../device/device.ts";
import { type DeviceChoice, openDevice } from "../device/open.ts";
import { type Given, type Option, textOf } from "./command.ts";
import type { Console } from "./console.ts";
import { sizeOf } from "./size.ts";

/** The options `--device` and `--memory`. */
export const DEVICE_OPTIONS: Readonly<Record<string, Option>> = {
  device: {
    value: "NAME",
    choices: ["auto", "webgpu", "cpu"],
    fallback: "auto",
    help: "Where to compute; auto takes a GPU, else the CPU with a BLAS, else software WebGPU",
  },
  memory: { value: "SIZE", fallback: "4GB", help: "Device memory to use at most, e.g. 800MB" },
};

/** Opens the device that the options select; Ctrl-C aborts its work between two slices. */
export async function deviceOf(given: Given, console: Console): Promise<Device> {
  const device = (textOf(given, "device") ?? "auto") as DeviceChoice;
  const opened = await openDevice({
    device,
    memoryBudget: sizeOf(given, "memory"),
    onNote: console.note,
    signal: interruption(),
  });
  if (opened.fallback !== undefined) console.note(`${opened.fallback}; this runs on the CPU`);
  return opened;
}

/** A signal that the first Ctrl-C aborts; a second one ends the program at once. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  process.on("SIGINT", () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  });
  return controller.signal;
}
