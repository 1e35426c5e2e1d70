/**
 * L-BFGS on device vectors, for smooth convex objectives (Nocedal & Wright 2006, section 7.2). All
 * decisions are made on the device: the host records evaluations without waiting for results, and
 * evaluations that are recorded after the end have no effect.
 *
 * The line search and the two-loop recursion work on dot products, in a kernel of one workgroup;
 * other kernels read and update the vectors with many workgroups. That is three dispatches per
 * evaluation instead of one, but none of them is slow if the vectors are long.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import type { Tensor } from "../device/tensor.ts";
import { dispose, Resource } from "../disposal.ts";
import { DOTS, lbfgsLayout, LbfgsStatus, State } from "../kernels/head/lbfgs.ts";
import { lbfgsDots } from "../kernels/head/lbfgs-dots.ts";
import { lbfgsMove } from "../kernels/head/lbfgs-move.ts";
import { lbfgsStep } from "../kernels/head/lbfgs-step.ts";
import { allocate, type Tensors } from "../device/allocate.ts";

/** The stopping criteria of {@linkcode Lbfgs}. */
export interface LbfgsOptions {
  /**
   * The largest absolute gradient entry at convergence, relative to `max(1, that at the start)`.
   */
  readonly tolerance: number;
  /** The maximum number of accepted steps. */
  readonly maxIterations: number;
}

/** The status of an optimization. */
export interface LbfgsReport {
  /**
   * `running`; `converged`; `limit`, the maximum number of iterations; or `stalled`, no step
   * reduces the loss.
   */
  readonly status: "running" | "converged" | "limit" | "stalled";
  /** The number of accepted steps. */
  readonly iterations: number;
  /** The number of evaluations of the objective before the end. */
  readonly evaluations: number;
  /** The objective at the solution. */
  readonly loss: number;
  /** The largest absolute entry of the gradient at the solution. */
  readonly gradientNorm: number;
}

/** The number of secant pairs that are kept, if memory allows. */
const HISTORY = 10;

/** The least number of elements that one workgroup reads. */
const CHUNK = 2048;

/** The largest number of workgroups for one dot product. */
const MOST_CHUNKS = 64;

/** The assumed rounding error of the loss, in units of the last place. */
const LOSS_ULPS = 16;

/** Returns the distance from 1 to the next number of the dtype `real` of a device. */
export function unitOf(device: Device): number {
  return device.kind === "cpu" ? 2 ** -52 : 2 ** -23;
}

/** The minimization of an objective by L-BFGS, starting at 0. */
export class Lbfgs extends Resource {
  readonly #tensors: Tensors<
    "trial" | "gradient" | "terms" | "work" | "s" | "y" | "dots" | "state"
  >;
  readonly #history: number;
  readonly #chunk: number;

  /**
   * Allocates the vectors.
   *
   * @param device the device of all vectors
   * @param size the number of parameters
   * @param terms the number of terms whose sum is the objective
   * @param options the stopping criteria
   * @throws {DeviceError} if the vectors do not fit into memory
   */
  constructor(
    private readonly device: Device,
    private readonly size: number,
    terms: number,
    private readonly options: LbfgsOptions,
  ) {
    super();
    // The pairs are in two bindings: with fewer pairs, more parameters fit.
    const fitting = Math.floor(device.limits.bindingBytes / (4 * size));
    const history = this.#history = Math.max(1, Math.min(HISTORY, fitting));
    this.#chunk = Math.max(CHUNK, Math.ceil(size / MOST_CHUNKS));
    const chunks = Math.ceil(size / this.#chunk);
    this.#tensors = allocate(device, {
      trial: ["trial point", [size]],
      gradient: ["gradient", [size]],
      terms: ["terms of the objective", [terms]],
      work: ["iterate, gradient and direction", [3, size]],
      s: ["steps", [history, size]],
      y: ["gradient differences", [history, size]],
      dots: ["dot products", [chunks, history + 1, DOTS]],
      state: ["state of the search", [lbfgsLayout(history).size]],
    });
  }

  /** The point at which to evaluate the objective next, `[size]`; 0 at first. */
  get trial(): Tensor {
    return this.#tensors.trial;
  }

  /** Receives the gradient at the trial point, `[size]`. */
  get gradient(): Tensor {
    return this.#tensors.gradient;
  }

  /** Receives the terms of the objective at the trial point. */
  get terms(): Tensor {
    return this.#tensors.terms;
  }

  /**
   * Records the step after an evaluation: it accepts or rejects the trial point, and sets the next.
   */
  step(): void {
    const { device, size } = this;
    const { trial, gradient, terms, work, s, y, dots, state } = this.#tensors;
    const history = this.#history;
    const chunk = this.#chunk;
    device.run(
      lbfgsDots,
      { state, trial, gradient, work, s, y, dots },
      { size, chunk },
      { history },
    );
    device.run(lbfgsStep, { terms, dots, state }, {
      terms: terms.size,
      chunks: Math.ceil(size / chunk),
      maxIterations: this.options.maxIterations,
      tolerance: this.options.tolerance,
      epsilon: LOSS_ULPS * unitOf(device),
    }, { history });
    device.run(lbfgsMove, { state, gradient, trial, work, s, y }, { size }, { history });
  }

  /** Waits for all recorded work, and reads the status. */
  async report(): Promise<LbfgsReport> {
    const state = await this.device.read(this.#tensors.state, 0, State.norm + 1);
    const names = Object.keys(LbfgsStatus) as (keyof typeof LbfgsStatus)[];
    return {
      status: names.find((name) => LbfgsStatus[name] === state[State.status])!,
      iterations: state[State.iterations]!,
      evaluations: state[State.evaluations]!,
      loss: state[State.loss]!,
      gradientNorm: state[State.norm]!,
    };
  }

  /** Records a copy of the current iterate into the first elements of a tensor. */
  copySolution(to: Tensor): void {
    this.device.copy(this.#tensors.work, to, { count: this.size });
  }

  /** Frees the vectors. */
  dispose(): void {
    this.#tensors[dispose]();
  }
}
