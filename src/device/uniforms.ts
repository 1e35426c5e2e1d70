/**
 * The uniform parameters of all dispatches of one slice, in one buffer. Each dispatch has a dynamic
 * offset into it, so that bind groups can be reused; equal parameters share an offset.
 *
 * @module
 */

import { createBuffer } from "./buffers.ts";
import type { Kernel } from "./kernel.ts";

/** The largest number of dispatches with different parameters in one slice. */
const SLOTS = 512;

/** The least distance of two offsets in bytes: the most that the parameters of a dispatch take. */
const SLOT_BYTES = 256;

/** The buffer of uniform parameters of one GPUDevice. */
export class UniformArena {
  /** The buffer to bind. */
  readonly buffer: GPUBuffer;
  readonly #slotBytes: number;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #slots = new Map<string, number>();

  /** Allocates the buffer. */
  constructor(private readonly gpu: GPUDevice) {
    this.#slotBytes = Math.max(SLOT_BYTES, gpu.limits.minUniformBufferOffsetAlignment);
    this.#bytes = new Uint8Array(SLOTS * this.#slotBytes);
    this.buffer = createBuffer(gpu, {
      label: "parameters",
      size: this.#bytes.length,
      usage: 0x40 | 0x8, // UNIFORM | COPY_DST
    });
  }

  /** Whether no slot is free: the slice must be submitted before the next dispatch. */
  get full(): boolean {
    return this.#slots.size >= SLOTS;
  }

  /** Adds the parameters of a dispatch and returns their offset in the buffer, in bytes. */
  place(kernel: Kernel, params: Record<string, number>): number {
    const names = Object.keys(kernel.params);
    const key = names.map((name) => `${kernel.params[name]}${params[name]}`).join();
    const known = this.#slots.get(key);
    if (known !== undefined) return known;
    const offset = this.#slots.size * this.#slotBytes;
    const view = new DataView(this.#bytes.buffer, offset, this.#slotBytes);
    names.forEach((name, index) => {
      const value = params[name]!;
      if (kernel.params[name] === "u32") view.setUint32(index * 4, value, true);
      else view.setFloat32(index * 4, value, true);
    });
    this.#slots.set(key, offset);
    return offset;
  }

  /** Uploads the added parameters; must be called right before the slice is submitted. */
  upload(): void {
    if (this.#slots.size === 0) return;
    this.gpu.queue.writeBuffer(this.buffer, 0, this.#bytes, 0, this.#slots.size * this.#slotBytes);
    this.#slots.clear();
  }

  /** Frees the buffer. */
  destroy(): void {
    this.buffer.destroy();
  }
}
