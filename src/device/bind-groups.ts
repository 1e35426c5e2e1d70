/**
 * Bind groups, reused while the same kernel meets the same buffers again, as it does at every pick.
 *
 * @module
 */

import type { Kernel } from "./kernel.ts";
import type { Compiled } from "./pipelines.ts";
import type { Tensor } from "./tensor.ts";

/** Bind groups kept; past it the cache starts anew, so that freed buffers are not held. */
const MAX_BIND_GROUPS = 512;

/** The bind groups of one GPUDevice. */
export class BindGroupCache {
  readonly #groups = new Map<string, GPUBindGroup>();
  readonly #ids = new WeakMap<GPUBuffer, number>();
  #nextId = 0;

  /**
   * Makes an empty cache.
   *
   * @param gpu the device
   * @param uniforms the buffer that holds the parameters of every dispatch
   */
  constructor(private readonly gpu: GPUDevice, private readonly uniforms: GPUBuffer) {}

  /** The bind group of a compiled kernel with these tensors. */
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

  /** Forgets all bind groups. */
  clear(): void {
    this.#groups.clear();
  }

  #idOf(buffer: GPUBuffer): number {
    let id = this.#ids.get(buffer);
    if (id === undefined) this.#ids.set(buffer, id = this.#nextId++);
    return id;
  }
}
