/**
 * What a device offers to everything above it. Schedulers (selection, training) are written once
 * against this interface and never ask which device they run on.
 *
 * Calls are recorded and take effect in the order in which they are made; only `read` and `idle`
 * wait. What goes wrong on the device (a validation error, a shader that does not compile, memory,
 * loss) rejects the next of these two with a DeviceError, and every later one.
 *
 * @module
 */

import type { Kernel } from "./kernel.ts";
import type { DType, Ledger, Tensor, Values } from "./tensor.ts";

/** The limits that decide how work is cut into pieces. */
export interface DeviceLimits {
  /** The most bytes one binding of a kernel may cover. */
  readonly bindingBytes: number;
  /** Bytes of workgroup memory. */
  readonly workgroupBytes: number;
}

/** How often the device was asked for what: the recorded command stream in numbers. */
export interface Counts {
  /** Kernel dispatches. */
  dispatches: number;
  /** Command buffers handed to the queue. */
  submits: number;
  /** Transfers from the device to here. */
  readbacks: number;
  /** Dispatches by kernel name. */
  readonly kernels: Map<string, number>;
}

/** `count` elements of a tensor from `offset` on; by default all of it. */
export interface ReadRange {
  /** What to read. */
  readonly tensor: Tensor;
  /** The first element. Default 0. */
  readonly offset?: number;
  /** How many elements. Default: to the end. */
  readonly count?: number;
}

/** One line of a profile: the time spent in one kernel. */
export interface ProfileRow {
  /** The kernel's name. */
  readonly kernel: string;
  /** How often it was dispatched. */
  readonly calls: number;
  /** Device time in milliseconds; undefined where the device cannot measure it. */
  readonly milliseconds: number | undefined;
}

/** What {@linkcode Device.profile} returns. */
export interface Profile<T> {
  /** What the profiled work returned. */
  readonly result: T;
  /** One row per kernel, the slowest first. */
  readonly rows: readonly ProfileRow[];
  /** The wall-clock milliseconds of the whole. */
  readonly milliseconds: number;
}

/** A place where kernels run: a GPU through WebGPU, or the CPU. */
export interface Device extends Disposable {
  /** Which of the two it is. */
  readonly kind: "webgpu" | "cpu";
  /** The adapter in words, e.g. `llvmpipe (LLVM 15.0.6, 256 bits)`. */
  readonly name: string;
  /** Why this is the CPU although a GPU would have been taken; undefined if it is what was asked for. */
  readonly fallback?: string | undefined;
  /** The limits that decide how work is cut. */
  readonly limits: DeviceLimits;
  /** What is allocated. */
  readonly memory: Ledger;
  /** What has been asked of it so far. */
  readonly counts: Counts;
  /** Aborts every recording on this device between two slices. */
  readonly signal: AbortSignal | undefined;

  /** Allocates a tensor, filled with zeros or with `data` (as many numbers as the shape holds). */
  tensor(label: string, shape: readonly number[], dtype?: DType, data?: ArrayLike<number>): Tensor;

  /** Records the upload of `data` into a tensor, from element `offset` on. */
  write(tensor: Tensor, data: ArrayLike<number>, offset?: number): void;

  /** Waits for everything recorded, then returns `count` elements from `offset` on. */
  read(tensor: Tensor, offset?: number, count?: number): Promise<Values>;

  /** Like `read` for several ranges of tensors at once: one transfer. */
  readAll(ranges: readonly ReadRange[]): Promise<Values[]>;

  /** Records a copy of `count` elements between two tensors of one dtype. */
  copy(
    from: Tensor,
    to: Tensor,
    range?: { fromOffset?: number; toOffset?: number; count?: number },
  ): void;

  /** Records one dispatch of a kernel. */
  run<Binding extends string, Param extends string, Constant extends string>(
    kernel: Kernel<Binding, Param, Constant>,
    tensors: Record<Binding, Tensor>,
    params: Record<Param, number>,
    constants?: Partial<Record<Constant, number>>,
  ): void;

  /** Hands what has been recorded to the queue, without waiting. */
  submit(): void;

  /** Waits until everything submitted is done. */
  idle(): Promise<void>;

  /** Runs `work` and measures the device time of every kernel in it. */
  profile<T>(work: () => Promise<T>): Promise<Profile<T>>;

  /** Frees what the device holds; `using` does the same. */
  dispose(): void;
}

/** Fresh counts, all zero. */
export function newCounts(): Counts {
  return { dispatches: 0, submits: 0, readbacks: 0, kernels: new Map() };
}

/** Books one dispatch. */
export function countDispatch(counts: Counts, kernel: string): void {
  counts.dispatches++;
  counts.kernels.set(kernel, (counts.kernels.get(kernel) ?? 0) + 1);
}

/** Rows of a profile from the time and calls of each kernel, the slowest first. */
export function profileRows(
  calls: ReadonlyMap<string, number>,
  milliseconds: ReadonlyMap<string, number>,
): ProfileRow[] {
  return [...calls]
    .map(([kernel, count]) => ({ kernel, calls: count, milliseconds: milliseconds.get(kernel) }))
    .sort((a, b) => (b.milliseconds ?? 0) - (a.milliseconds ?? 0) || b.calls - a.calls);
}
