/**
 * Timestamp queries: the device time of every dispatch while a profile is taken.
 *
 * @module
 */

/** Dispatches that one query set holds. */
const CAPACITY = 2048;

/** Collects the device time of dispatches on one GPUDevice. */
export class Timestamps {
  readonly #set: GPUQuerySet;
  readonly #pending: { resolved: GPUBuffer; buffer: GPUBuffer; kernels: string[] }[] = [];
  #kernels: string[] = [];

  /** Makes the query set. Needs the feature `timestamp-query`. */
  constructor(private readonly gpu: GPUDevice) {
    this.#set = gpu.createQuerySet({ label: "profile", type: "timestamp", count: CAPACITY * 2 });
  }

  /** Whether the slice must be submitted before the next dispatch. */
  get full(): boolean {
    return this.#kernels.length >= CAPACITY;
  }

  /** What the pass of the next dispatch of a kernel must carry. */
  writesFor(kernel: string): GPUComputePassTimestampWrites {
    const index = this.#kernels.push(kernel) - 1;
    return {
      querySet: this.#set,
      beginningOfPassWriteIndex: index * 2,
      endOfPassWriteIndex: index * 2 + 1,
    };
  }

  /** Appends the reading of the queries to a slice that is about to be submitted. */
  resolve(encoder: GPUCommandEncoder): void {
    const kernels = this.#kernels;
    if (kernels.length === 0) return;
    this.#kernels = [];
    const size = kernels.length * 16;
    const resolved = this.gpu.createBuffer({ label: "profile", size, usage: 0x200 | 0x4 });
    const buffer = this.gpu.createBuffer({ label: "profile", size, usage: 0x8 | 0x1 });
    encoder.resolveQuerySet(this.#set, 0, kernels.length * 2, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, buffer, 0, size);
    this.#pending.push({ resolved, buffer, kernels });
  }

  /** Reads all queries, frees everything, and returns milliseconds by kernel. */
  async finish(): Promise<Map<string, number>> {
    const times = new Map<string, number>();
    for (const { resolved, buffer, kernels } of this.#pending) {
      await buffer.mapAsync(0x1);
      const stamps = new BigUint64Array(buffer.getMappedRange());
      kernels.forEach((kernel, index) => {
        const spent = Number(stamps[index * 2 + 1]! - stamps[index * 2]!) / 1e6;
        times.set(kernel, (times.get(kernel) ?? 0) + spent);
      });
      buffer.destroy();
      resolved.destroy();
    }
    this.#set.destroy();
    return times;
  }
}
