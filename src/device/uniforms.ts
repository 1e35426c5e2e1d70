/**
 * The parameters of the dispatches of one slice, in one buffer. Each dispatch names its place by a
 * dynamic offset, so that bind groups can be reused; equal parameters share a place.
 *
 * @module
 */

import type { Kernel } from "./kernel.ts";

/** Dispatches with different parameters that fit in one slice. */
const SLOTS = 512;
/** Bytes that the parameters of one dispatch may take, however finely a device would align them. */
const SLOT_BYTES = 256;

/** An arena of uniform parameters on one GPUDevice. */
export class UniformArena {
  /** The buffer to bind. */
  readonly buffer: GPUBuffer;
  readonly #slotBytes: number;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #slots = new Map<string, number>();

  /** Allocates the arena. */
  constructor(private readonly gpu: GPUDevice) {
    this.#slotBytes = Math.max(SLOT_BYTES, gpu.limits.minUniformBufferOffsetAlignment);
    this.#bytes = new Uint8Array(SLOTS * this.#slotBytes);
    this.buffer = gpu.createBuffer({
      label: "parameters",
      size: this.#bytes.length,
      usage: 0x40 | 0x8, // UNIFORM | COPY_DST
    });
  }

  /** Whether no slot is free: the slice must be submitted before the next dispatch. */
  get full(): boolean {
    return this.#slots.size >= SLOTS;
  }

  /** The offset at which these parameters will stand when the slice runs. */
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

  /** Uploads what was placed; to be called right before the slice is submitted. */
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
