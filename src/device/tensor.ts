/**
 * Tensors: each owns a piece of device memory, a GPUBuffer on WebGPU or a typed array on the CPU. A
 * tensor is freed by `using` or `dispose()`; the ledger of its device counts the tensors that are
 * alive, so that tests can detect leaks.
 *
 * @module
 */

import { Resource } from "../disposal.ts";
import { DeviceError, InputError } from "../errors.ts";
import type { HalfArray } from "../half-floats.ts";

/**
 * The element type of a tensor.
 *
 * - `real`: the numbers of computations; float32 on a GPU, float64 on the CPU device.
 * - `f32`: 32-bit floats on both devices, such as features read from a file.
 * - `f16`: half floats, packed in pairs on a GPU.
 * - `u32`: unsigned 32-bit integers, such as indices and counts.
 */
export type DType = "real" | "f32" | "f16" | "u32";

/**
 * The typed arrays that back tensors on the CPU and carry their values to and from a GPU. If the
 * runtime has no `Float16Array`, half floats are stored in a wider array, rounded.
 */
export type Values =
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | HalfArray;

/** The memory account of a device: current and peak allocation, and the budget. */
export class Ledger {
  /** The number of tensors that are allocated now. */
  count = 0;
  /** The number of bytes that are allocated now. */
  bytes = 0;
  /**
   * The largest number of bytes allocated at one time since the device was opened, or since
   * {@linkcode Ledger.resetPeak}.
   */
  peak = 0;

  /**
   * Makes room for a number of bytes, as far as possible, from memory that only saves time; present
   * if there is such memory, as that of a streamed pool.
   */
  make?: ((bytes: number) => void) | undefined;

  /** Creates an account without allocations. */
  constructor(
    /** The largest number of bytes that may be allocated at one time. */
    readonly budget: number,
  ) {}

  /**
   * Adds an allocation to the account.
   *
   * @param bytes the size of the allocation
   * @param label the name of the tensor, for the error message
   * @throws {DeviceError} if the budget would be exceeded
   */
  take(bytes: number, label: string): void {
    this.make?.(bytes);
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

  /** Removes an allocation of the given number of bytes from the account. */
  release(bytes: number): void {
    this.count--;
    this.bytes -= bytes;
  }

  /** Resets the peak to the current allocation. */
  resetPeak(): void {
    this.peak = this.bytes;
  }
}

/**
 * An array of numbers in device memory, with a shape. Tensors are created by `device.tensor` and
 * freed by `using` or `dispose()`.
 *
 * @example
 * ```ts
 * import { openDevice } from "@creel/creel";
 * import assert from "node:assert/strict";
 *
 * using device = await openDevice({ device: "cpu" });
 * using tensor = device.tensor("squares", [2, 2], "real", [1, 4, 9, 16]);
 * assert.equal(tensor.size, 4);
 * assert.deepEqual([...await device.read(tensor, 2)], [9, 16]);
 * ```
 */
export class Tensor extends Resource {
  #memory: GPUBuffer | Values | undefined;

  /** Creates a tensor; only devices call this, programs call `device.tensor`. */
  constructor(
    /** The name of the tensor in GPU labels and error messages. */
    readonly label: string,
    /** The lengths of the axes; elements are in row-major order. */
    readonly shape: readonly number[],
    /** The element type. */
    readonly dtype: DType,
    /** The size in device memory, in bytes. */
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

  /**
   * The GPU buffer or typed array that stores the elements.
   *
   * @throws {DeviceError} if the tensor has been disposed
   */
  get memory(): GPUBuffer | Values {
    if (this.#memory === undefined) {
      throw new DeviceError(`Cannot use tensor ${this.label}: it has been disposed`);
    }
    return this.#memory;
  }

  /**
   * Checks that the tensor was created by a device.
   *
   * @throws {InputError} if another device created it
   */
  checkDevice(device: { readonly name: string }): void {
    if (device === this.device) return;
    throw new InputError(
      `Cannot use tensor "${this.label}" on the device ${device.name}: it was made by another ` +
        `device, ${this.device.name}`,
    );
  }

  /** Frees the memory immediately; a second call does nothing. */
  dispose(): void {
    if (this.#memory === undefined) return;
    const memory = this.#memory;
    this.#memory = undefined;
    this.free(memory);
  }
}

/**
 * Checks that a transfer does not split a pair of half floats, which share a 32-bit word on a GPU.
 * The last element of a tensor of odd size has a word of its own.
 *
 * @throws {InputError} if the transfer splits a pair
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

/** Formats a number of bytes for messages, in powers of 1000: `1.5 GB`. */
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
