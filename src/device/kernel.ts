/**
 * A kernel is plain data: what it is called, its WGSL source, which tensor is read or written, how
 * many workgroups it needs, and a CPU twin that does the same to typed arrays. Nothing here knows how
 * a kernel is run; that is the device's business.
 *
 * The WGSL side follows three rules. Storage bindings stand in group 0 in the order of `bindings`; a
 * uniform struct with the fields of `params`, in their order, follows at the next binding; every
 * entry of `constants` is an `override`.
 *
 * @module
 */

/** How a kernel uses a tensor. `write` also allows reading what was there before. */
export type Access = "read" | "write";

/** The 4-byte scalars a uniform may hold. */
export type Scalar = "u32" | "f32";

/** What a CPU twin sees of a tensor: numbers by index. */
export interface Numbers {
  /** The number of elements. */
  readonly length: number;
  /** The element at an index. */
  [index: number]: number;
}

/** Workgroups along x, y and z. */
export type Grid = readonly [x: number, y?: number, z?: number];

/** One compute kernel: data for the devices, generic in the names of its arguments. */
export interface Kernel<
  Binding extends string = string,
  Param extends string = string,
  Constant extends string = string,
> {
  /** The kernel's name in errors, labels and profiles. */
  readonly name: string;
  /** The shader, valid stand-alone, with the entry point `main`. */
  readonly wgsl: string;
  /** The storage bindings in order. */
  readonly bindings: Readonly<Record<Binding, Access>>;
  /** The uniform's fields in order. */
  readonly params: Readonly<Record<Param, Scalar>>;
  /** The `override` constants with their defaults. */
  readonly constants: Readonly<Record<Constant, number>>;
  /** The dispatch geometry in workgroups. */
  readonly grid: (params: Record<Param, number>, constants: Record<Constant, number>) => Grid;
  /** The twin: the same arithmetic on typed arrays. */
  readonly cpu: (
    tensors: Record<Binding, Numbers>,
    params: Record<Param, number>,
    constants: Record<Constant, number>,
  ) => void;
}

/** Declares a kernel and lets TypeScript infer the names of its arguments. */
export function defineKernel<
  const Binding extends string,
  const Param extends string = never,
  const Constant extends string = never,
>(kernel: Kernel<Binding, Param, Constant>): Kernel<Binding, Param, Constant> {
  return kernel;
}

/** WebGPU's limit on workgroups along one dimension. */
const MAX_GROUPS = 65535;

/**
 * The grid for a one-dimensional count of workgroups, folded into two dimensions where it is too
 * long for one. The shader unfolds it as `id.y * num_workgroups.x + id.x` and must ignore the excess.
 */
export function linearGrid(groups: number): Grid {
  if (groups <= MAX_GROUPS) return [groups];
  const rows = Math.ceil(groups / MAX_GROUPS);
  return [Math.ceil(groups / rows), rows];
}
