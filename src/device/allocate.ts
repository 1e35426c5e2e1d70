/**
 * Allocation of several tensors at once.
 *
 * @module
 */

import { dispose } from "../disposal.ts";
import type { Device } from "./device.ts";
import type { DType, Tensor } from "./tensor.ts";

/** The arguments of `device.tensor` for one tensor. */
export type Allocation = readonly [
  label: string,
  shape: readonly number[],
  dtype?: DType,
  data?: ArrayLike<number>,
];

/** Tensors by name, which are freed together by `using`. */
export type Tensors<Name extends string> = Readonly<Record<Name, Tensor>> & Disposable;

/**
 * Allocates several tensors. If one allocation fails, the others are freed.
 *
 * @param device the device to allocate on
 * @param wanted the label, shape, dtype and data of each tensor, by its name
 * @returns the tensors by name, the caller's to dispose
 * @throws {DeviceError} if one of them does not fit into memory
 */
export function allocate<const Name extends string>(
  device: Device,
  wanted: Record<Name, Allocation>,
): Tensors<Name> {
  const made: Tensor[] = [];
  const free = () => {
    for (const tensor of made) tensor.dispose();
  };
  try {
    const tensors = {} as Record<Name, Tensor>;
    for (const name in wanted) {
      const [label, shape, dtype, data] = wanted[name];
      made.push(tensors[name] = device.tensor(label, shape, dtype, data));
    }
    return { ...tensors, [dispose]: free };
  } catch (error) {
    free();
    throw error;
  }
}
