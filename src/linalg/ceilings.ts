/**
 * The measured peak performance of a device: how fast it copies memory and multiplies matrices.
 * Creel reports its speeds relative to these two.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import { matmul } from "./matmul.ts";

/** The measured peak performance of a device. */
export interface Ceilings {
  /** The rate of a copy between two tensors: bytes read plus bytes written, in GB/s. */
  readonly copyGBs: number;
  /** The rate of a square matrix product in GFLOP/s; a multiply-add is two operations. */
  readonly matmulGFLOPs: number;
  /** The order of the matrices. */
  readonly matmulOrder: number;
}

/** The least duration of a measurement: a wait in Deno takes up to 10 ms, which must not matter. */
const MEASURED_MILLISECONDS = 200;
/** The size of the copied tensor in bytes: larger than the caches of most devices. */
const COPY_BYTES = 64 * 2 ** 20;

/** Measures the peak performance of a device, in about a second. */
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
  // Larger matrices only while they are faster: a software adapter needs a second for the largest.
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

/** Repeats a call, with growing numbers of repetitions, until the measurement is long enough. */
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
