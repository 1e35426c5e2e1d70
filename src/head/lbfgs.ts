/**
 * L-BFGS on device vectors, for smooth convex objectives (Nocedal & Wright 2006, section 7.2). All
 * decisions are made on the device: whoever records the evaluations waits for nothing, and what is
 * recorded after the end changes nothing.
 *
 * The line search and the two-loop recursion work on dot products, in a kernel of one workgroup; the
 * vectors are read and moved by kernels of many. That is three dispatches an evaluation instead of
 * one, but none of them is slow when the vectors are long.
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

/** When a search ends. */
export interface LbfgsOptions {
  /** Largest entry of the gradient at which it has converged, times `max(1, that at the start)`. */
  readonly tolerance: number;
  /** The most accepted steps. */
  readonly maxIterations: number;
}

/** How a search stands. */
export interface LbfgsReport {
  /** `running`; `converged`; `limit` of the iterations; or `stalled`: no step makes progress. */
  readonly status: "running" | "converged" | "limit" | "stalled";
  /** Accepted steps. */
  readonly iterations: number;
  /** Evaluations of the objective that counted. */
  readonly evaluations: number;
  /** The objective at the solution. */
  readonly loss: number;
  /** The largest entry of its gradient, by magnitude. */
  readonly gradientNorm: number;
}

/** Pairs kept, if memory allows. */
const HISTORY = 10;
/** Elements that one workgroup reads at least, and the most workgroups for one dot product. */
const CHUNK = 2048;
const MOST_CHUNKS = 64;
/** Rounding errors of the loss, in units of the last place. */
const LOSS_ULPS = 16;

/** The distance from 1 to the next number of the device's working precision. */
export function unitOf(device: Device): number {
  return device.kind === "cpu" ? 2 ** -52 : 2 ** -23;
}

/** A search for the minimum, from 0 on. */
export class Lbfgs extends Resource {
  readonly #tensors: Tensors<
    "trial" | "gradient" | "terms" | "work" | "s" | "y" | "dots" | "state"
  >;
  readonly #history: number;
  readonly #chunk: number;

  /**
   * Allocates the vectors.
   *
   * @param device where it runs
   * @param size the number of parameters
   * @param terms the number of terms whose sum is the objective
   * @param options when it ends
   * @throws {DeviceError} if the vectors do not fit
   */
  constructor(
    private readonly device: Device,
    private readonly size: number,
    terms: number,
    private readonly options: LbfgsOptions,
  ) {
    super();
    // The pairs are two bindings: with fewer of them, more parameters fit.
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

  /** Where to evaluate the objective next, `[size]`; 0 at first. */
  get trial(): Tensor {
    return this.#tensors.trial;
  }

  /** Receives the gradient there, `[size]`. */
  get gradient(): Tensor {
    return this.#tensors.gradient;
  }

  /** Receives the terms of the objective there. */
  get terms(): Tensor {
    return this.#tensors.terms;
  }

  /** Records what follows an evaluation. */
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

  /** Waits for what is recorded and reads how it stands. */
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

  /** Records a copy of the best point so far, into the first elements of a tensor. */
  copySolution(to: Tensor): void {
    this.device.copy(this.#tensors.work, to, { count: this.size });
  }

  /** Frees the vectors. */
  dispose(): void {
    this.#tensors[dispose]();
  }
}
