/**
 * The options that select the device of a command.
 *
 * @module
 */

import process from "node:process";
import type { Device } from "../device/device.ts";
import { type DeviceChoice, openDevice } from "../device/open.ts";
import { InputError } from "../errors.ts";
import { type Given, type Option, textOf } from "./command.ts";
import type { Console } from "./console.ts";

/** The options `--device` and `--memory`. */
export const DEVICE_OPTIONS: Readonly<Record<string, Option>> = {
  device: {
    value: "NAME",
    choices: ["auto", "webgpu", "cpu"],
    fallback: "auto",
    help: "Where to compute; auto takes WebGPU where there is an adapter",
  },
  memory: { value: "SIZE", fallback: "4GB", help: "Device memory to use at most, e.g. 800MB" },
};

/** The numbers of bytes in the units of `--memory`. */
const UNITS = { "": 1, kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/** Opens the device that the options select; Ctrl-C aborts its work between two slices. */
export async function deviceOf(given: Given, console: Console): Promise<Device> {
  const device = (textOf(given, "device") ?? "auto") as DeviceChoice;
  const opened = await openDevice({
    device,
    memoryBudget: bytesOf(textOf(given, "memory")),
    signal: interruption(),
  });
  if (device === "auto" && opened.kind === "cpu") {
    console.note(`${opened.fallback}; this runs on the CPU`);
  }
  return opened;
}

/** The number of bytes of a size such as `800MB`; undefined if it is not given. */
function bytesOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d+(?:\.\d+)?)\s*(|kB|KB|MB|GB|TB)$/.exec(text);
  if (!match) {
    throw new InputError(`Option --memory must be a size such as 800MB or 16GB: found ${text}`);
  }
  return Number(match[1]) * UNITS[match[2] as keyof typeof UNITS];
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
