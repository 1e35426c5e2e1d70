/**
 * A tensor owns a piece of device memory: a GPUBuffer on WebGPU, a typed array on the CPU. It is
 * freed by `using` or `dispose()`; the ledger of its device counts what is alive, so that a leak is a
 * number a test can see.
 *
 * @module
 */

import { Resource } from "../disposal.ts";
import { DeviceError, InputError } from "../errors.ts";
import type { HalfArray } from "../half-floats.ts";

/**
 * What a tensor holds.
 *
 * - `real`: working numbers; float32 on a GPU, float64 on the CPU device.
 * - `f32`: 32-bit floats on both: what was read from a file.
 * - `f16`: half floats, packed in pairs on a GPU.
 * - `u32`: indices and counts.
 */
export type DType = "real" | "f32" | "f16" | "u32";

/**
 * The typed arrays that back a tensor on the CPU and carry its values to and from a GPU. Where the
 * runtime has no `Float16Array`, half floats are in a wider array, rounded.
 */
export type Values =
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | HalfArray;

/** What is allocated on one device now, at most so far, and what may be. */
export class Ledger {
  /** Tensors alive. */
  count = 0;
  /** Bytes alive. */
  bytes = 0;
  /** The most bytes alive at one time since the device was opened (or {@linkcode resetPeak}). */
  peak = 0;

  /** Starts empty. */
  constructor(
    /** The most bytes that may be alive at once. */
    readonly budget: number,
  ) {}

  /** Books an allocation, or throws a {@linkcode DeviceError} when the budget does not allow it. */
  take(bytes: number, label: string): void {
    if (this.bytes + bytes > this.budget) {
      throw new DeviceError(
        `Cannot allocate ${formatBytes(bytes)} for ${label}: ${formatBytes(this.bytes)} of the ` +
          `memory budget of ${formatBytes(this.budget)} are in use`,
      );
    }
    this.count++;
    this.bytes += bytes;
    this.peak = Math.max(this.peak, this.bytes);
  }

  /** Books a release. */
  release(bytes: number): void {
    this.count--;
    this.bytes -= bytes;
  }

  /** Starts the peak anew from what is alive now. */
  resetPeak(): void {
    this.peak = this.bytes;
  }
}

/** A piece of device memory with a shape. Made by `device.tensor`, never directly. */
export class Tensor extends Resource {
  #memory: GPUBuffer | Values | undefined;

  /** For the devices only: use `device.tensor`. */
  constructor(
    /** The name in labels and errors. */
    readonly label: string,
    /** The shape, row-major. */
    readonly shape: readonly number[],
    /** What it holds. */
    readonly dtype: DType,
    /** The bytes it takes on its device. */
    readonly bytes: number,
    memory: GPUBuffer | Values,
    private readonly free: (memory: GPUBuffer | Values) => void,
    private readonly device: { readonly name: string },
  ) {
    super();
    this.#memory = memory;
  }

  /** The number of elements. */
  get size(): number {
    return this.shape.reduce((product, length) => product * length, 1);
  }

  /** The GPU buffer or typed array behind the tensor. Throws once the tensor is disposed. */
  get memory(): GPUBuffer | Values {
    if (this.#memory === undefined) {
      throw new DeviceError(`Cannot use tensor ${this.label}: it has been disposed`);
    }
    return this.#memory;
  }

  /**
   * Refuses a tensor of another device.
   *
   * @throws {InputError}
   */
  checkDevice(device: { readonly name: string }): void {
    if (device === this.device) return;
    throw new InputError(
      `Cannot use tensor "${this.label}" on the device ${device.name}: it was made by another ` +
        `device, ${this.device.name}`,
    );
  }

  /** Frees the memory at once. Doing it twice is harmless. */
  dispose(): void {
    if (this.#memory === undefined) return;
    const memory = this.#memory;
    this.#memory = undefined;
    this.free(memory);
  }
}

/**
 * Refuses a transfer that would cut a pair of half floats: on a GPU they share a 32-bit word. The
 * last of a tensor may stand alone.
 *
 * @throws {InputError}
 */
export function checkPairs(
  verb: "write" | "copy",
  tensor: Tensor,
  offset: number,
  count: number,
): void {
  const end = offset + count;
  if (tensor.dtype !== "f16" || count === 0) return;
  if (offset % 2 === 0 && (end % 2 === 0 || end === tensor.size)) return;
  throw new InputError(
    `Cannot ${verb} elements ${offset} to ${end - 1} of ${tensor.label}: half floats move in pairs`,
  );
}

/** Bytes as a person reads them: `1.5 GB`, in powers of 1000. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
