/**
 * The WebGPU device. Dispatches are recorded into one compute pass, which ends at an upload, a
 * copy, a readback or `submit`.
 *
 * @module
 */

import { Resource } from "../disposal.ts";
import { DeviceError } from "../errors.ts";
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
import type { Kernel } from "./kernel.ts";
import { BindGroupCache } from "./bind-groups.ts";
import { allocateBuffer, createBuffer } from "./buffers.ts";
import { suggestCollection } from "./garbage-collection.ts";
import { gpuError } from "./gpu-error.ts";
import { PipelineCache } from "./pipelines.ts";
import { checkPairs, type DType, formatBytes, Ledger, Tensor, type Values } from "./tensor.ts";
import { Timestamps } from "./timestamps.ts";
import { gpuBytesPerElement, LARGE_UPLOAD, uploadOf, valuesIn } from "./transfer.ts";
import { UniformArena } from "./uniforms.ts";

/** The usage of tensors' buffers: STORAGE | COPY_DST | COPY_SRC. */
const STORAGE = 0x80 | 0x8 | 0x4;

/** The usage of readback buffers: COPY_DST | MAP_READ. */
const READBACK = 0x8 | 0x1;

/** A device on WebGPU, in Deno or a browser. */
export class WebGpuDevice extends Resource implements Device {
  /** The kind of device. */
  readonly kind = "webgpu";
  /** The limits that decide how work is split into dispatches. */
  readonly limits: DeviceLimits;
  /** The account of the allocated memory. */
  readonly memory: Ledger;
  /** The counters of the executed commands. */
  readonly counts: Counts = newCounts();
  /** See {@linkcode Device.onNote}. */
  declare readonly onNote: Device["onNote"];
  /** See {@linkcode Device.streams}. */
  declare streams: Device["streams"];
  readonly #pipelines: PipelineCache;
  readonly #uniforms: UniformArena;
  readonly #bindGroups: BindGroupCache;
  #encoder: GPUCommandEncoder | undefined;
  #pass: GPUComputePassEncoder | undefined;
  #checks: Promise<void>[] = [];
  #failure: DeviceError | undefined;
  #timestamps: Timestamps | undefined;
  #retired: GPUBuffer[] = [];
  #disposed = false;
  readonly #watch = (check: Promise<void>) => {
    // Handled in #settle; without this, a rejection before that would end the program.
    check.catch(() => {});
    this.#checks.push(check);
  };
  readonly #onError = ({ error }: GPUUncapturedErrorEvent) => {
    this.#failure ??= gpuError("The GPU rejected a command", error);
  };

  /**
   * Wraps a GPUDevice; programs call `openDevice`.
   *
   * @param gpu the device
   * @param name the name of the adapter
   * @param memoryBudget the largest total size of all tensors, in bytes
   * @param signal an abort signal for all work on this device
   * @param owned whether `dispose` destroys the GPUDevice
   */
  constructor(
    readonly gpu: GPUDevice,
    readonly name: string,
    memoryBudget: number,
    readonly signal: AbortSignal | undefined,
    private readonly owned: boolean,
  ) {
    super();
    this.memory = new Ledger(memoryBudget);
    this.limits = {
      bindingBytes: Math.min(gpu.limits.maxStorageBufferBindingSize, gpu.limits.maxBufferSize),
      workgroupBytes: gpu.limits.maxComputeWorkgroupStorageSize,
    };
    this.#pipelines = new PipelineCache(gpu, this.#watch);
    this.#uniforms = new UniformArena(gpu);
    this.#bindGroups = new BindGroupCache(gpu, this.#uniforms.buffer);
    gpu.addEventListener("uncapturederror", this.#onError as EventListener);
    gpu.lost.then((info) => {
      if (this.#disposed) return;
      this.#failure ??= new DeviceError(
        `The GPU device was lost (${info.reason}): ${info.message || "no reason given"}`,
      );
    });
  }

  /** See {@linkcode Device.tensor}. */
  tensor(
    label: string,
    shape: readonly number[],
    dtype: DType = "real",
    data?: ArrayLike<number>,
  ): Tensor {
    const size = shape.reduce((product, length) => product * length, 1);
    const bytes = Math.max(4, Math.ceil(size * gpuBytesPerElement(dtype) / 4) * 4);
    if (bytes > this.limits.bindingBytes) {
      throw new DeviceError(
        `Cannot allocate ${formatBytes(bytes)} for ${label}: ${this.name} binds at most ` +
          formatBytes(this.limits.bindingBytes),
      );
    }
    const descriptor = { label, size: bytes, usage: STORAGE };
    const buffer = allocateBuffer(this.gpu, this.memory, descriptor, this.#watch);
    const free = () => {
      this.memory.release(bytes);
      // Commands that are recorded but not yet submitted may still use it.
      if (this.#encoder) this.#retired.push(buffer);
      else buffer.destroy();
    };
    const tensor = new Tensor(label, shape, dtype, bytes, buffer, free, this);
    try {
      if (data) this.write(tensor, data);
      return tensor;
    } catch (error) {
      free();
      throw error;
    }
  }

  /** See {@linkcode Device.write}; the commands recorded so far are submitted first. */
  write(tensor: Tensor, data: ArrayLike<number>, offset = 0): void {
    tensor.checkDevice(this);
    checkPairs("write", tensor, offset, data.length);
    this.submit();
    // Deno 2.9 panics at an upload of nothing.
    if (data.length === 0) return;
    const upload = uploadOf(tensor.dtype, data);
    const at = offset * gpuBytesPerElement(tensor.dtype);
    this.gpu.queue.writeBuffer(tensor.memory as GPUBuffer, at, upload);
    if (upload.byteLength >= LARGE_UPLOAD) this.gpu.queue.submit([]);
  }

  /** See {@linkcode Device.read}. */
  async read(tensor: Tensor, offset = 0, count = tensor.size - offset): Promise<Values> {
    const [values] = await this.readAll([{ tensor, offset, count }]);
    return values!;
  }

  /** See {@linkcode Device.readAll}. */
  async readAll(ranges: readonly ReadRange[]): Promise<Values[]> {
    let size = 0;
    const places = ranges.map(({ tensor, offset = 0, count = tensor.size - offset }) => {
      tensor.checkDevice(this);
      const element = gpuBytesPerElement(tensor.dtype);
      const start = offset * element;
      const from = start - start % 4;
      const bytes = Math.ceil((start - from + count * element) / 4) * 4;
      const at = size;
      size += bytes;
      return { tensor, from, bytes, at, skip: start - from, count };
    });
    const buffer = createBuffer(this.gpu, { label: "readback", size: size || 4, usage: READBACK });
    try {
      for (const { tensor, from, bytes, at } of places) {
        if (bytes === 0) continue;
        const source = tensor.memory as GPUBuffer;
        this.#endPass(); // Tensors that take turns in memory may have begun one.
        this.#commands().copyBufferToBuffer(source, from, buffer, at, bytes);
      }
      this.submit();
      this.counts.readbacks++;
      await this.#settle(buffer.mapAsync(0x1));
      const mapped = buffer.getMappedRange().slice(0);
      return places.map(({ tensor, at, skip, count }) =>
        valuesIn(tensor.dtype, mapped, at + skip, count)
      );
    } finally {
      buffer.destroy();
    }
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
    const size = gpuBytesPerElement(from.dtype);
    const [source, target] = [from.memory as GPUBuffer, to.memory as GPUBuffer];
    this.#endPass();
    this.#commands().copyBufferToBuffer(
      source,
      fromOffset * size,
      target,
      toOffset * size,
      Math.ceil(count * size / 4) * 4,
    );
  }

  /** See {@linkcode Device.run}. */
  run<Binding extends string, Param extends string, Constant extends string>(
    kernel: Kernel<Binding, Param, Constant>,
    tensors: Record<Binding, Tensor>,
    params: Record<Param, number>,
    constants?: Partial<Record<Constant, number>>,
  ): void {
    for (const name in kernel.bindings) tensors[name].checkDevice(this);
    if (this.#uniforms.full || this.#timestamps?.full) this.submit();
    const specialized = { ...kernel.constants, ...constants };
    const plain = kernel as unknown as Kernel;
    const compiled = this.#pipelines.get(plain, specialized);
    const group = this.#bindGroups.get(plain, compiled, tensors);
    const pass = this.#openPass(kernel.name);
    pass.setPipeline(compiled.pipeline);
    if (compiled.uniformBytes > 0) {
      pass.setBindGroup(0, group, [this.#uniforms.place(plain, params)]);
    } else {
      pass.setBindGroup(0, group);
    }
    pass.dispatchWorkgroups(...kernel.grid(params, specialized));
    countDispatch(this.counts, kernel.name);
    if (this.#timestamps) this.#endPass();
  }

  /** See {@linkcode Device.submit}. */
  submit(): void {
    if (!this.#encoder) return;
    this.#endPass();
    this.#timestamps?.resolve(this.#encoder);
    this.#uniforms.upload();
    this.gpu.queue.submit([this.#encoder.finish()]);
    this.#encoder = undefined;
    this.counts.submits++;
    for (const buffer of this.#retired.splice(0)) buffer.destroy();
  }

  /** See {@linkcode Device.idle}. */
  async idle(): Promise<void> {
    this.submit();
    await this.#settle(this.gpu.queue.onSubmittedWorkDone());
  }

  /** See {@linkcode Device.profile}. */
  async profile<T>(work: () => Promise<T>): Promise<Profile<T>> {
    await this.idle();
    const before = new Map(this.counts.kernels);
    if (this.gpu.features.has("timestamp-query")) this.#timestamps = new Timestamps(this.gpu);
    const start = performance.now();
    let times: Map<string, number> | undefined;
    try {
      const result = await work();
      await this.idle();
      const milliseconds = performance.now() - start;
      times = await this.#timestamps?.finish() ?? new Map();
      const calls = new Map<string, number>();
      for (const [kernel, count] of this.counts.kernels) {
        const called = count - (before.get(kernel) ?? 0);
        if (called > 0) calls.set(kernel, called);
      }
      return { result, rows: profileRows(calls, times), milliseconds };
    } finally {
      const unfinished = this.#timestamps;
      this.#timestamps = undefined;
      if (!times && unfinished) {
        // The work failed, and the commands that it recorded before refer to the queries.
        this.submit();
        await unfinished.finish().catch(() => {});
      }
    }
  }

  /** Frees the resources of the device; an owned GPUDevice is destroyed. */
  dispose(): void {
    this.#disposed = true;
    this.#uniforms.destroy();
    this.#bindGroups.clear();
    for (const buffer of this.#retired.splice(0)) buffer.destroy();
    this.gpu.removeEventListener("uncapturederror", this.#onError as EventListener);
    if (!this.owned) return;
    this.gpu.destroy();
    suggestCollection();
  }

  #commands(): GPUCommandEncoder {
    return this.#encoder ??= this.gpu.createCommandEncoder({ label: "slice" });
  }

  #openPass(label: string): GPUComputePassEncoder {
    const timestampWrites = this.#timestamps?.writesFor(label);
    return this.#pass ??= this.#commands().beginComputePass({
      label,
      ...(timestampWrites && { timestampWrites }),
    });
  }

  #endPass(): void {
    this.#pass?.end();
    this.#pass = undefined;
  }

  /** Waits for the queue, and throws the first error on the device since the last call. */
  async #settle(waiting: Promise<unknown>): Promise<void> {
    const checks = this.#checks;
    this.#checks = [];
    const outcome = await Promise.allSettled([waiting, ...checks]);
    const failed = outcome.slice(1).find((result) => result.status === "rejected");
    if (failed) throw gpuError("The GPU did not finish", (failed as PromiseRejectedResult).reason);
    if (this.#failure) throw this.#failure;
    const queue = outcome[0]!;
    if (queue.status === "rejected") {
      // The promise `lost` resolves a moment after the loss rejected the wait.
      await new Promise((resolve) => setTimeout(resolve, 10));
      if (this.#failure) throw this.#failure;
      throw gpuError("The GPU did not finish", queue.reason);
    }
  }
}
