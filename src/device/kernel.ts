/**
 * Kernels as plain data: a name, the WGSL source, the tensors that are read or written, the number
 * of workgroups, and a CPU twin, which is the same computation on typed arrays. Devices run them.
 *
 * The WGSL source follows three rules. Storage bindings are in group 0 in the order of `bindings`;
 * a uniform struct with the fields of `params`, in their order, is at the next binding; every entry
 * of `constants` is an `override`.
 *
 * @module
 */

/** How a kernel uses a tensor; `write` also allows reading. */
export type Access = "read" | "write";

/** The types of uniform parameters, of 4 bytes each. */
export type Scalar = "u32" | "f32";

/** A tensor as a CPU twin accesses it: numbers by index, as in a typed array. */
export interface Numbers {
  /** The number of elements. */
  readonly length: number;
  /** The element at an index. */
  [index: number]: number;
}

/** The numbers of workgroups along x, y and z. Default 1 along y and z. */
export type Grid = readonly [x: number, y?: number, z?: number];

/** A compute kernel as plain data, generic in the names of its arguments. */
export interface Kernel<
  Binding extends string = string,
  Param extends string = string,
  Constant extends string = string,
> {
  /** The name in error messages, GPU labels and profiles. */
  readonly name: string;
  /** The WGSL source: a complete shader module with the entry point `main`. */
  readonly wgsl: string;
  /** The storage bindings by name, in the order of their binding numbers from 0. */
  readonly bindings: Readonly<Record<Binding, Access>>;
  /** The fields of the uniform struct by name, in order; empty for no uniform. */
  readonly params: Readonly<Record<Param, Scalar>>;
  /** The default values of the `override` constants by name. */
  readonly constants: Readonly<Record<Constant, number>>;
  /** Returns the numbers of workgroups of a dispatch. */
  readonly grid: (params: Record<Param, number>, constants: Record<Constant, number>) => Grid;
  /** The CPU twin: the same computation on typed arrays, for the CPU device and for tests. */
  readonly cpu: (
    tensors: Record<Binding, Numbers>,
    params: Record<Param, number>,
    constants: Record<Constant, number>,
  ) => void;
}

/**
 * Declares a kernel, and lets TypeScript infer the names of its arguments.
 *
 * @example A custom kernel
 * ```ts
 * import { openDevice } from "@creel/creel";
 * import { defineKernel, linearGrid } from "@creel/creel/kernels";
 * import assert from "node:assert/strict";
 *
 * const scale = defineKernel({
 *   name: "scale",
 *   wgsl: `
 *     struct Params { size: u32, factor: f32 }
 *     @group(0) @binding(0) var<storage, read_write> x: array<f32>;
 *     @group(0) @binding(1) var<uniform> params: Params;
 *     @compute @workgroup_size(64)
 *     fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
 *       @builtin(local_invocation_index) thread: u32) {
 *       let at = (group.y * groups.x + group.x) * 64u + thread;
 *       if (at < params.size) { x[at] *= params.factor; }
 *     }
 *   `,
 *   bindings: { x: "write" },
 *   params: { size: "u32", factor: "f32" },
 *   constants: {},
 *   grid: ({ size }) => linearGrid(Math.ceil(size / 64)),
 *   cpu: ({ x }, { size, factor }) => {
 *     for (let at = 0; at < size; at++) x[at]! *= factor;
 *   },
 * });
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = device.tensor("x", [3], "real", [1, 2, 3]);
 * device.run(scale, { x }, { size: 3, factor: 10 });
 * assert.deepEqual([...await device.read(x)], [10, 20, 30]);
 * ```
 *
 * @param kernel the kernel
 * @returns the same object
 */
export function defineKernel<
  const Binding extends string,
  const Param extends string = never,
  const Constant extends string = never,
>(kernel: Kernel<Binding, Param, Constant>): Kernel<Binding, Param, Constant> {
  return kernel;
}

/** The largest number of workgroups along one dimension that WebGPU guarantees. */
const MAX_GROUPS = 65535;

/**
 * Returns the grid for a one-dimensional number of workgroups, folded into two dimensions if it
 * exceeds WebGPU's limit of 65,535 for one. The index of a workgroup in the shader is
 * `workgroup_id.y * num_workgroups.x + workgroup_id.x`; a shader must ignore indices beyond the
 * number that was asked for.
 *
 * @param groups the number of workgroups
 */
export function linearGrid(groups: number): Grid {
  if (groups <= MAX_GROUPS) return [groups];
  const rows = Math.ceil(groups / MAX_GROUPS);
  return [Math.ceil(groups / rows), rows];
}
