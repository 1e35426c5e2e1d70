/**
 * A BLAS, the standard library of matrix products, as the CPU device calls it.
 *
 * @module
 */

import type { Numbers } from "./kernel.ts";

/** A BLAS that computes some kernels instead of their CPU twins. */
export interface Blas {
  /** The name of the library, such as `libopenblas.so.0`. */
  readonly name: string;
  /**
   * Computes a kernel; see `Kernel.cpu` for the arguments.
   *
   * @returns whether it was computed; if not, its twin has to
   */
  run(
    kernel: string,
    tensors: Readonly<Record<string, Numbers>>,
    params: Readonly<Record<string, number>>,
    constants: Readonly<Record<string, number>>,
  ): boolean;
}
