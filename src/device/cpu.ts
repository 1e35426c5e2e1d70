/**
 * The CPU device: the fallback if there is no WebGPU adapter, and the reference in tests. It runs
 * the CPU twin of each kernel immediately, in float64; with a BLAS, matrix products run on that.
 *
 * @module
 */

import {
  countDispatch,
  type Counts,
  type Device,
  type DeviceLimits,
  newCounts,
  type Profile,
  profileRows,
  type ReadRange,
} from "./device.ts";
import type { Blas } from "./blas.ts";
import type { Kernel, Numbers } from "./kernel.ts";
import { Resource } from "../disposal.ts";
import { nativeHalfArray, roundToHalves } from "../half-floats.ts";
import { checkPairs, type DType, Ledger, Tensor, type Values } from "./tensor.ts";

/** A device that runs the CPU twins of the kernels in float64. */
export class CpuDevice extends Resource implements Device {
  /** The kind of device. */
  readonly kind = "cpu";
  /** The name in reports. */
  readonly name: string;
  /** See {@linkcode Device.blas}. */
  readonly blas: string | undefined;
  /** Limits so large that only the memory budget matters. */
  readonly limits: DeviceLimits = { bindingBytes: 2 ** 32, workgroupBytes: 2 ** 30 };
  /** The account of the allocated memory. */
  readonly memory: Ledger;
  /** The counters of the executed commands. */
  readonly counts: Counts = newCounts();
  /** See {@linkcode Device.onNote}. */
  declare readonly onNote: Device["onNote"];
  /** See {@linkcode Device.streams}. */
  declare streams: Device["streams"];
  readonly #blas: Blas | undefined;
  #times: Map<string, number> | undefined;

  /**
   * Opens the device.
   *
   * @param memoryBudget the largest total size of all tensors, in bytes
   * @param signal an abort signal for all work on this device
   * @param fallback the reason why this device was opened instead of a GPU
   * @param blas the library that computes matrix products. Default: the CPU twins do
   */
  constructor(
    memoryBudget: number,
    readonly signal: AbortSignal | undefined,
    readonly fallback?: string,
    blas?: Blas,
  ) {
    super();
    this.#blas = blas;
    this.blas = blas?.name;
    this.name = blas ? `CPU (float64, ${blas.name})` : "CPU (float64)";
    this.memory = new Ledger(memoryBudget);
  }

  /** See {@linkcode Device.tensor}. */
  tensor(
    label: string,
    shape: readonly number[],
    dtype: DType = "real",
    data?: ArrayLike<number>,
  ): Tensor {
    const size = shape.reduce((product, length) => product * length, 1);
    // Float32 numbers as float64, which a BLAS need not convert, if they are few beside the budget.
    const wide = dtype === "f32" && this.#blas && size <= this.memory.budget / 64;
    const Typed = wide ? Float64Array : arrayFor(dtype);
    const bytes = size * Typed.BYTES_PER_ELEMENT;
    this.memory.take(bytes, label);
    const free = () => this.memory.release(bytes);
    try {
      const values = new Typed(size);
      if (data !== undefined) store(dtype, values, data);
      return new Tensor(label, shape, dtype, bytes, values, free, this);
    } catch (error) {
      free();
      throw error;
    }
  }

  /** See {@linkcode Device.write}. */
  write(tensor: Tensor, data: ArrayLike<number>, offset = 0): void {
    tensor.checkDevice(this);
    checkPairs("write", tensor, offset, data.length);
    const values = tensor.memory as Values;
    store(tensor.dtype, values.subarray(offset, offset + data.length), data);
  }

  /** See {@linkcode Device.read}. */
  async read(tensor: Tensor, offset = 0, count = tensor.size - offset): Promise<Values> {
    const [values] = await this.readAll([{ tensor, offset, count }]);
    return values!;
  }

  /** See {@linkcode Device.readAll}. */
  // Async, so that an error is a rejection, as it is on a GPU.
  // deno-lint-ignore require-await
  async readAll(ranges: readonly ReadRange[]): Promise<Values[]> {
    for (const { tensor } of ranges) tensor.checkDevice(this);
    this.counts.readbacks++;
    return ranges.map(({ tensor, offset = 0, count = tensor.size - offset }) =>
      (tensor.memory as Values).slice(offset, offset + count)
    );
  }

  /** See {@linkcode Device.copy}. */
  copy(
    from: Tensor,
    to: Tensor,
    range: { fromOffset?: number; toOffset?: number; count?: number } = {},
  ): void {
    from.checkDevice(this);
    to.checkDevice(this);
    const { fromOffset = 0, toOffset = 0, count = from.size - fromOffset } = range;
    checkPairs("copy", from, fromOffset, count + count % 2);
    checkPairs("write", to, toOffset, count);
    (to.memory as Values).set(
      (from.memory as Values).subarray(fromOffset, fromOffset + count),
      toOffset,
    );
  }

  /** See {@linkcode Device.run}. */
  run<Binding extends string, Param extends string, Constant extends string>(
    kernel: Kernel<Binding, Param, Constant>,
    tensors: Record<Binding, Tensor>,
    params: Record<Param, number>,
    constants?: Partial<Record<Constant, number>>,
  ): void {
    const views = {} as Record<Binding, Numbers>;
    for (const name in kernel.bindings) {
      tensors[name].checkDevice(this);
      views[name] = tensors[name].memory as Values;
    }
    countDispatch(this.counts, kernel.name);
    const start = this.#times ? performance.now() : 0;
    const values = { ...kernel.constants, ...constants };
    if (!this.#blas?.run(kernel.name, views, params, values)) kernel.cpu(views, params, values);
    if (this.#times) {
      const spent = performance.now() - start;
      this.#times.set(kernel.name, (this.#times.get(kernel.name) ?? 0) + spent);
    }
    for (const name in kernel.bindings) {
      if (kernel.bindings[name] === "read") continue;
      roundStored(tensors[name].dtype, tensors[name].memory as Values);
    }
  }

  /** Only counts, for tests that compare the slices with those of a GPU: dispatches run at once. */
  submit(): void {
    this.counts.submits++;
  }

  /** Yields to the event loop. */
  idle(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve));
  }

  /** See {@linkcode Device.profile}. */
  async profile<T>(work: () => Promise<T>): Promise<Profile<T>> {
    const before = new Map(this.counts.kernels);
    const times = this.#times = new Map<string, number>();
    const start = performance.now();
    try {
      const result = await work();
      const calls = new Map<string, number>();
      for (const kernel of times.keys()) {
        calls.set(kernel, (this.counts.kernels.get(kernel) ?? 0) - (before.get(kernel) ?? 0));
      }
      return { result, rows: profileRows(calls, times), milliseconds: performance.now() - start };
    } finally {
      this.#times = undefined;
    }
  }

  /** Does nothing: tensors own their memory. */
  dispose(): void {}
}

/** The typed array for a dtype. Without `Float16Array`, half floats are rounded float64. */
function arrayFor(dtype: DType) {
  switch (dtype) {
    case "f32":
      return Float32Array;
    case "u32":
      return Uint32Array;
    case "f16":
      return nativeHalfArray() ?? Float64Array;
    case "real":
      return Float64Array;
  }
}

/** Stores numbers at the start of the array of a tensor, rounded to the type of the tensor. */
function store(dtype: DType, values: Values, data: ArrayLike<number>): void {
  values.set(data);
  if (!(dtype === "f32" && data instanceof Float32Array)) roundStored(dtype, values);
}

/** Rounds numbers that were stored in a tensor of a smaller type than its array. */
function roundStored(dtype: DType, values: Values): void {
  if (!(values instanceof Float64Array)) return;
  if (dtype === "f16") roundToHalves(values);
  if (dtype === "f32") {
    for (let at = 0; at < values.length; at++) values[at] = Math.fround(values[at]!);
  }
}
