/**
 * Several tensors at once.
 *
 * @module
 */

import { dispose } from "../disposal.ts";
import type { Device } from "./device.ts";
import type { DType, Tensor } from "./tensor.ts";

/** What to allocate: label, shape, and what `device.tensor` takes besides. */
export type Allocation = readonly [
  label: string,
  shape: readonly number[],
  dtype?: DType,
  data?: ArrayLike<number>,
];

/** Tensors by name, freed together. */
export type Tensors<Name extends string> = Readonly<Record<Name, Tensor>> & Disposable;

/**
 * Allocates all of these tensors, or none.
 *
 * @throws {DeviceError} if one of them does not fit
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
