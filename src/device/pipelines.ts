/**
 * A cache of compiled pipelines, one for each kernel and set of constants. The error of a shader
 * that does not compile names the line, the column and the source.
 *
 * @module
 */

import { DeviceError } from "../errors.ts";
import { gpuError } from "./gpu-error.ts";
import type { Kernel } from "./kernel.ts";

/** A compiled kernel. */
export interface Compiled {
  /** The pipeline. */
  readonly pipeline: GPUComputePipeline;
  /** The layout of its only bind group. */
  readonly layout: GPUBindGroupLayout;
  /** A unique number, for the keys of caches. */
  readonly id: number;
  /** The size of the uniform struct in bytes, a multiple of 16; 0 without parameters. */
  readonly uniformBytes: number;
}

/** The cached pipelines of one GPUDevice. */
export class PipelineCache {
  readonly #compiled = new Map<unknown, Map<string, Compiled>>();
  #next = 0;

  /**
   * Creates an empty cache.
   *
   * @param gpu the device to compile for
   * @param check receives the promise of each compilation, which rejects if it fails
   */
  constructor(
    private readonly gpu: GPUDevice,
    private readonly check: (pending: Promise<void>) => void,
  ) {}

  /** Returns the pipeline of a kernel with the given constants, compiled at the first call. */
  get(kernel: Kernel, constants: Record<string, number>): Compiled {
    let variants = this.#compiled.get(kernel);
    if (!variants) this.#compiled.set(kernel, variants = new Map());
    const key = Object.values(constants).join();
    let compiled = variants.get(key);
    if (!compiled) variants.set(key, compiled = this.#compile(kernel, constants));
    return compiled;
  }

  #compile(kernel: Kernel, constants: Record<string, number>): Compiled {
    const { gpu } = this;
    const label = kernel.name;
    const uniformBytes = Math.ceil(Object.keys(kernel.params).length / 4) * 16;
    gpu.pushErrorScope("validation");
    const module = gpu.createShaderModule({ label, code: kernel.wgsl });
    const layout = gpu.createBindGroupLayout({ label, entries: layoutEntries(kernel) });
    const pipeline = gpu.createComputePipeline({
      label,
      layout: gpu.createPipelineLayout({ label, bindGroupLayouts: [layout] }),
      compute: { module, entryPoint: "main", constants },
    });
    const scope = gpu.popErrorScope();
    this.check((async () => {
      const [error, info] = await Promise.all([scope, module.getCompilationInfo()]);
      const message = info.messages.find((message) => message.type === "error");
      if (message) throw new DeviceError(describeCompileError(kernel, message));
      if (error) throw gpuError(`Cannot build kernel ${label}`, error);
    })());
    return { pipeline, layout, id: this.#next++, uniformBytes };
  }
}

function layoutEntries(kernel: Kernel): GPUBindGroupLayoutEntry[] {
  const visibility = 4; // GPUShaderStage.COMPUTE
  const entries: GPUBindGroupLayoutEntry[] = Object.values(kernel.bindings).map((
    access,
    binding,
  ) => ({
    binding,
    visibility,
    buffer: { type: access === "read" ? "read-only-storage" as const : "storage" as const },
  }));
  if (Object.keys(kernel.params).length > 0) {
    entries.push({
      binding: entries.length,
      visibility,
      buffer: { type: "uniform", hasDynamicOffset: true },
    });
  }
  return entries;
}

function describeCompileError(kernel: Kernel, message: GPUCompilationMessage): string {
  const line = kernel.wgsl.split("\n")[message.lineNum - 1] ?? "";
  // Minified shaders are one line.
  const excerpt = line.slice(Math.max(0, message.linePos - 60), message.linePos + 60);
  return `Cannot compile shader ${kernel.name}, line ${message.lineNum}, column ` +
    `${message.linePos}: ${message.message.trim()}\n  ${excerpt}`;
}
