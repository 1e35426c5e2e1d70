/**
 * The device's own ceilings, measured: how fast it copies memory and multiplies matrices. Every speed
 * that Creel reports stands beside these two.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import { matmul } from "./matmul.ts";

/** What a device reached. */
export interface Ceilings {
  /** Bytes read plus bytes written per second of a copy between two tensors, in GB/s. */
  readonly copyGBs: number;
  /** Two operations for each multiply-add of a square matrix product, in GFLOP/s. */
  readonly matmulGFLOPs: number;
  /** The order of the matrices. */
  readonly matmulOrder: number;
}

/** A measurement runs at least this long, so that the 10 ms of a wait in Deno do not matter. */
const MEASURED_MILLISECONDS = 200;
/** Bytes of the tensor that is copied: larger than the caches of most devices. */
const COPY_BYTES = 64 * 2 ** 20;

/** Measures both ceilings; takes about a second. */
export async function measureCeilings(device: Device): Promise<Ceilings> {
  return {
    copyGBs: await measureCopy(device),
    ...await measureMatmul(device),
  };
}

async function measureCopy(device: Device): Promise<number> {
  const size = Math.min(COPY_BYTES, device.limits.bindingBytes) / 4;
  using from = device.tensor("copy source", [size], "f32");
  using to = device.tensor("copy target", [size], "f32");
  const seconds = await secondsPerCall(device, () => device.copy(from, to));
  return 2 * from.bytes / seconds / 1e9;
}

async function measureMatmul(device: Device) {
  let measured = { matmulOrder: 0, matmulGFLOPs: 0 };
  // Larger matrices only while they pay: a software adapter needs a second for the largest.
  for (const order of [128, 512, 2048]) {
    // Not zeros: the CPU twin skips those.
    const values = Float32Array.from({ length: order * order }, (_, e) => e % 7 + 1);
    using a = device.tensor("left factor", [order, order], "real", values);
    using b = device.tensor("right factor", [order, order], "real", values);
    using c = device.tensor("product", [order, order]);
    const sizes = { m: order, n: order, k: order };
    const seconds = await secondsPerCall(
      device,
      () => matmul(device, { ...sizes, a: { tensor: a }, b: { tensor: b }, c: { tensor: c } }),
    );
    const matmulGFLOPs = 2 * order ** 3 / seconds / 1e9;
    if (matmulGFLOPs > measured.matmulGFLOPs) measured = { matmulOrder: order, matmulGFLOPs };
    if (seconds > 0.02) break;
  }
  return measured;
}

/** Repeats a call, ever more often, until the measurement is long enough. */
async function secondsPerCall(device: Device, call: () => void): Promise<number> {
  call();
  await device.idle();
  for (let calls = 1;; calls *= 4) {
    const start = performance.now();
    for (let i = 0; i < calls; i++) call();
    await device.idle();
    const spent = performance.now() - start;
    if (spent >= MEASURED_MILLISECONDS) return spent / 1000 / calls;
  }
}
