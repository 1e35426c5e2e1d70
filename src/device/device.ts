/**
 * The interface of a device. Selection and training are written once against this interface and do
 * not depend on which device they run on.
 *
 * Calls are recorded and take effect in the order in which they are made; only `read`, `readAll`,
 * `idle` and `profile` wait. An error on the device (validation, shader compilation, out of memory,
 * device loss) rejects the next of these calls with a DeviceError, and every later one.
 *
 * @module
 */

import type { Kernel } from "./kernel.ts";
import type { DType, Ledger, Tensor, Values } from "./tensor.ts";

/** The limits of a device that decide how work is split into dispatches. */
export interface DeviceLimits {
  /** The largest size of one storage buffer binding, in bytes. */
  readonly bindingBytes: number;
  /** The size of the workgroup memory, in bytes. */
  readonly workgroupBytes: number;
}

/** Counters of the commands that a device has executed since it was opened. */
export interface Counts {
  /** The number of kernel dispatches. */
  dispatches: number;
  /** The number of command buffers submitted to the queue. */
  submits: number;
  /** The number of readbacks: transfers from the device to the host. */
  readbacks: number;
  /** The number of dispatches of each kernel, by its name. */
  readonly kernels: Map<string, number>;
}

/** A range of elements of a tensor to read; by default the whole tensor. */
export interface ReadRange {
  /** The tensor to read. */
  readonly tensor: Tensor;
  /** The index of the first element. Default 0. */
  readonly offset?: number;
  /** The number of elements. Default: all from `offset` to the end of the tensor. */
  readonly count?: number;
}

/** One row of a {@linkcode Profile}: the time spent in one kernel. */
export interface ProfileRow {
  /** The kernel's name. */
  readonly kernel: string;
  /** The number of dispatches. */
  readonly calls: number;
  /** The device time in milliseconds; undefined if the device cannot measure it. */
  readonly milliseconds: number | undefined;
}

/** The result of {@linkcode Device.profile}. */
export interface Profile<T> {
  /** The value that the profiled function returned. */
  readonly result: T;
  /** One row per kernel, the slowest first. */
  readonly rows: readonly ProfileRow[];
  /** The total wall-clock time in milliseconds. */
  readonly milliseconds: number;
}

/** What selections read back if a pool is streamed, to use only the block of a pick. */
export interface Streams {
  /** Reads the position of the largest number of a tensor from `offset` on, the first of equals. */
  best(tensor: Tensor, offset: number): Promise<number>;
  /** Reads the element of a tensor at a position, and returns whether a block has this row. */
  holder(tensor: Tensor, at: number): Promise<(block: RowRange) => boolean>;
}

/** A range of rows. */
export interface RowRange {
  /** The first row. */
  readonly base: number;
  /** The number of rows. */
  readonly rows: number;
}

/**
 * A device that kernels run on: a GPU through WebGPU, or the CPU. It is opened by `openDevice` and
 * freed by `using` or `dispose()`.
 */
export interface Device extends Disposable {
  /** The kind of the device. */
  readonly kind: "webgpu" | "cpu";
  /** The name of the adapter, e.g. `llvmpipe (LLVM 15.0.6, 256 bits)`. */
  readonly name: string;
  /**
   * The reason why no GPU could be used, if the option `device: "auto"` fell back to the CPU;
   * undefined otherwise.
   */
  readonly fallback?: string | undefined;
  /** The name of the BLAS that computes matrix products; undefined if none does. */
  readonly blas?: string | undefined;
  /**
   * The GPUDevice, with which a page can draw from the buffers of tensors ({@linkcode
   * Tensor.memory}); undefined on the CPU.
   */
  readonly gpu?: GPUDevice | undefined;
  /** The limits that decide how work is split into dispatches. */
  readonly limits: DeviceLimits;
  /** The account of the allocated memory. */
  readonly memory: Ledger;
  /** The counters of the executed commands. */
  readonly counts: Counts;
  /** A callback for sentences about what is slow, such as a pool that exceeds the memory. */
  readonly onNote?: ((text: string) => void) | undefined;
  /** Present if a pool is streamed, so that it saves time to read back which sample was picked. */
  streams?: Streams | undefined;
  /** The abort signal that stops every {@linkcode Recording} on this device. */
  readonly signal: AbortSignal | undefined;

  /**
   * Allocates a tensor.
   *
   * @param label the name of the tensor in error messages
   * @param shape the lengths of the axes, row-major
   * @param dtype the element type. Default `real`
   * @param data the initial values, as many as the shape holds. Default: all 0
   * @returns the tensor, the caller's to dispose
   * @throws {DeviceError} if the tensor exceeds the memory budget or the largest binding
   */
  tensor(label: string, shape: readonly number[], dtype?: DType, data?: ArrayLike<number>): Tensor;

  /**
   * Records the upload of numbers into a tensor.
   *
   * @param tensor the tensor to write to
   * @param data the numbers
   * @param offset the index of the first element that is written. Default 0
   * @throws {InputError} if the tensor belongs to another device, or a pair of half floats would be
   * split
   */
  write(tensor: Tensor, data: ArrayLike<number>, offset?: number): void;

  /**
   * Waits for everything that is recorded, and reads elements of a tensor back to the host.
   *
   * @param tensor the tensor to read
   * @param offset the index of the first element. Default 0
   * @param count the number of elements. Default: all from `offset` to the end
   * @returns the elements, in a new typed array
   * @throws {DeviceError} if a recorded command failed
   */
  read(tensor: Tensor, offset?: number, count?: number): Promise<Values>;

  /** Reads several ranges of tensors in one transfer; see {@linkcode Device.read}. */
  readAll(ranges: readonly ReadRange[]): Promise<Values[]>;

  /**
   * Records a copy of elements between two tensors of the same dtype.
   *
   * @param from the source tensor
   * @param to the destination tensor
   * @param range the first elements (default 0) and the number of elements. Default: all from
   * `fromOffset` to the end of the source
   */
  copy(
    from: Tensor,
    to: Tensor,
    range?: { fromOffset?: number; toOffset?: number; count?: number },
  ): void;

  /**
   * Records one dispatch of a kernel.
   *
   * @param kernel the kernel
   * @param tensors the tensor of each binding
   * @param params the value of each uniform parameter
   * @param constants the values of `override` constants that differ from the kernel's defaults
   */
  run<Binding extends string, Param extends string, Constant extends string>(
    kernel: Kernel<Binding, Param, Constant>,
    tensors: Record<Binding, Tensor>,
    params: Record<Param, number>,
    constants?: Partial<Record<Constant, number>>,
  ): void;

  /** Submits the recorded commands to the queue, without waiting for them. */
  submit(): void;

  /** Submits the recorded commands and waits until the queue is empty. */
  idle(): Promise<void>;

  /**
   * Runs an asynchronous function and measures the device time of every kernel that it dispatches.
   *
   * @param work the function to profile
   * @returns the function's result, and the time of each kernel
   */
  profile<T>(work: () => Promise<T>): Promise<Profile<T>>;

  /** Frees the resources of the device; `using` does the same. */
  dispose(): void;
}

/** Returns counters that are all zero. */
export function newCounts(): Counts {
  return { dispatches: 0, submits: 0, readbacks: 0, kernels: new Map() };
}

/** Counts one dispatch of a kernel. */
export function countDispatch(counts: Counts, kernel: string): void {
  counts.dispatches++;
  counts.kernels.set(kernel, (counts.kernels.get(kernel) ?? 0) + 1);
}

/** Returns the rows of a profile from the calls and times of each kernel, the slowest first. */
export function profileRows(
  calls: ReadonlyMap<string, number>,
  milliseconds: ReadonlyMap<string, number>,
): ProfileRow[] {
  return [...calls]
    .map(([kernel, count]) => ({ kernel, calls: count, milliseconds: milliseconds.get(kernel) }))
    .sort((a, b) => (b.milliseconds ?? 0) - (a.milliseconds ?? 0) || b.calls - a.calls);
}
