/**
 * A cache of bind groups: strategies dispatch the same kernel with the same buffers at every pick.
 *
 * @module
 */

import type { Kernel } from "./kernel.ts";
import type { Compiled } from "./pipelines.ts";
import type { Tensor } from "./tensor.ts";

/** The capacity of the cache; beyond it the cache is cleared, which releases freed buffers. */
const MAX_BIND_GROUPS = 512;

/** The cached bind groups of one GPUDevice. */
export class BindGroupCache {
  readonly #groups = new Map<string, GPUBindGroup>();
  readonly #ids = new WeakMap<GPUBuffer, number>();
  #nextId = 0;

  /**
   * Creates an empty cache.
   *
   * @param gpu the device
   * @param uniforms the buffer with the uniform parameters of every dispatch
   */
  constructor(private readonly gpu: GPUDevice, private readonly uniforms: GPUBuffer) {}

  /** Returns the bind group of a compiled kernel with the given tensors, new or cached. */
  get(kernel: Kernel, compiled: Compiled, tensors: Record<string, Tensor>): GPUBindGroup {
    const buffers = Object.keys(kernel.bindings).map((name) => tensors[name]!.memory as GPUBuffer);
    const key = `${compiled.id}:${buffers.map((buffer) => this.#idOf(buffer)).join()}`;
    const known = this.#groups.get(key);
    if (known) return known;
    if (this.#groups.size >= MAX_BIND_GROUPS) this.#groups.clear();
    const entries: GPUBindGroupEntry[] = buffers.map((buffer, binding) => ({
      binding,
      resource: { buffer },
    }));
    if (compiled.uniformBytes > 0) {
      entries.push({
        binding: entries.length,
        resource: { buffer: this.uniforms, size: compiled.uniformBytes },
      });
    }
    const { layout } = compiled;
    const group = this.gpu.createBindGroup({ label: kernel.name, layout, entries });
    this.#groups.set(key, group);
    return group;
  }

  /** Clears the cache. */
  clear(): void {
    this.#groups.clear();
  }

  #idOf(buffer: GPUBuffer): number {
    let id = this.#ids.get(buffer);
    if (id === undefined) this.#ids.set(buffer, id = this.#nextId++);
    return id;
  }
}
