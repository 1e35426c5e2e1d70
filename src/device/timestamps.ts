/**
 * Timestamp queries, which measure the device time of every dispatch for a profile.
 *
 * @module
 */

import { createBuffer } from "./buffers.ts";
import { gpuError } from "./gpu-error.ts";

/** The number of dispatches for which one query set has room. */
const CAPACITY = 2048;

/** Measures the device time of dispatches on one GPUDevice. */
export class Timestamps {
  readonly #set: GPUQuerySet;
  readonly #pending: { resolved: GPUBuffer; buffer: GPUBuffer; kernels: string[] }[] = [];
  #kernels: string[] = [];

  /** Creates the query set; the device must have the feature `timestamp-query`. */
  constructor(private readonly gpu: GPUDevice) {
    this.#set = gpu.createQuerySet({ label: "profile", type: "timestamp", count: CAPACITY * 2 });
  }

  /** Whether the query set is full: the slice must be submitted before the next dispatch. */
  get full(): boolean {
    return this.#kernels.length >= CAPACITY;
  }

  /** Returns the `timestampWrites` of the compute pass of the next dispatch. */
  writesFor(kernel: string): GPUComputePassTimestampWrites {
    const index = this.#kernels.push(kernel) - 1;
    return {
      querySet: this.#set,
      beginningOfPassWriteIndex: index * 2,
      endOfPassWriteIndex: index * 2 + 1,
    };
  }

  /** Records the readback of the queries; must be called right before the slice is submitted. */
  resolve(encoder: GPUCommandEncoder): void {
    const kernels = this.#kernels;
    if (kernels.length === 0) return;
    this.#kernels = [];
    const size = kernels.length * 16;
    const resolved = createBuffer(this.gpu, { label: "profile", size, usage: 0x200 | 0x4 });
    const buffer = createBuffer(this.gpu, { label: "profile", size, usage: 0x8 | 0x1 });
    encoder.resolveQuerySet(this.#set, 0, kernels.length * 2, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, buffer, 0, size);
    this.#pending.push({ resolved, buffer, kernels });
  }

  /**
   * Reads all queries, frees the query set, and returns the milliseconds of each kernel.
   *
   * @throws {DeviceError} if the GPU does not return them
   */
  async finish(): Promise<Map<string, number>> {
    const times = new Map<string, number>();
    try {
      for (const { buffer, kernels } of this.#pending) {
        await buffer.mapAsync(0x1);
        const stamps = new BigUint64Array(buffer.getMappedRange());
        kernels.forEach((kernel, index) => {
          const spent = Number(stamps[index * 2 + 1]! - stamps[index * 2]!) / 1e6;
          times.set(kernel, (times.get(kernel) ?? 0) + spent);
        });
      }
    } catch (error) {
      throw gpuError("The GPU did not finish", error);
    } finally {
      for (const { resolved, buffer } of this.#pending.splice(0)) {
        buffer.destroy();
        resolved.destroy();
      }
      this.#set.destroy();
    }
    return times;
  }
}
