/**
 * BAIT (Ash et al. 2021, "Gone Fishing", algorithm 1): forward greedy with oversampling, then backward
 * pruning, to minimise `trace(M_S^-1 F)`; with the Fisher forms of Huseljic et al. 2024 ("Fast
 * Fishing"). The scores are exact at every pick: they follow from rank updates of two small forms
 * per sample (docs/mathematics.md).
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import { Recording, type RecordingOptions } from "../device/recording.ts";
import type { Tensor } from "../device/tensor.ts";
import { type Fisher, FisherFactors } from "../fisher/factors.ts";
import { addInformation, informationSteps } from "../fisher/information.ts";
import { formSteps } from "../fisher/forms.ts";
import { ridge } from "../kernels/ridge.ts";
import { setDiagonal } from "../kernels/set-diagonal.ts";
import { sortIndices } from "../kernels/sort-indices.ts";
import { invert } from "../linalg/cholesky.ts";
import { matmul } from "../linalg/matmul.ts";
import { innerProduct } from "../linalg/reduce.ts";
import type { Pool } from "../pool/pool.ts";
import type { Predictor } from "../pool/predictions.ts";
import { checkFits, segmentRows } from "./bait-memory.ts";
import { BaitPhase, type Matrices } from "./bait-state.ts";
import { runGreedy } from "./greedy.ts";

/**
 * How labelled and chosen samples are weighted in M, with `a = n_L / (n_L + B)`:
 *
 * - `reference` (the authors' code): `lambda I + a mean_L I`, candidates scaled by `sqrt(B / (n_L + B))`;
 * - `sum`: `lambda I + sum_L I`, candidates unscaled;
 * - `paper`: `lambda I + mean_L I`, candidates unscaled.
 */
export type Weighting = "reference" | "sum" | "paper";

/** The names of the weightings. */
export const WEIGHTINGS: readonly Weighting[] = ["reference", "sum", "paper"];

/** The options of BAIT. */
export interface BaitOptions extends RecordingOptions {
  /** The form of the Fisher information. */
  readonly fisher: Fisher;
  /** c of `exp`: how many of the most probable classes count. Default 2. */
  readonly topClasses?: number | undefined;
  /** The ridge, positive, or `auto` (the default): 0.3 trace(F) / D, and 1 where the trace is 0. */
  readonly lambda?: number | "auto" | undefined;
  /** Default `reference`. */
  readonly weighting?: Weighting | undefined;
  /** The forward pass picks this many times the budget. Default 2. */
  readonly oversample?: number | undefined;
  /** B. */
  readonly budget: number;
  /** Indices of the labelled samples. */
  readonly labeled: readonly number[];
  /** The class probabilities; not needed for `regression`. */
  readonly predictor?: Predictor | undefined;
}

/** What BAIT chose, and how it went. */
export interface BaitSelection {
  /** The chosen samples, in the order in which the forward pass picked them. */
  readonly picks: number[];
  /** The picks of the forward pass, in order. */
  readonly forward: number[];
  /** The score of each at the moment of its pick: by how much it lowered the objective. */
  readonly forwardScores: number[];
  /** `trace(M_S^-1 F)` of the chosen samples. */
  readonly objective: number;
  /** The ridge that was used. */
  readonly lambda: number;
  /** The largest relative error seen in the forms of a pick. */
  readonly drift: number;
  /** How often the state was rebuilt because of it. */
  readonly rebuilds: number;
}

/** lambda `auto` is this share of the mean diagonal entry of F. */
const AUTO_SHARE = 0.3;

/** Drift beyond this is repaired. Fresh float32 scores of a pick are good to about 1e-5. */
const DRIFT_LIMIT = 1e-4;

/**
 * Selects a batch with BAIT.
 *
 * @param pool the features of all samples, labelled and not
 * @param options see {@linkcode BaitOptions}; the budget is at most the number of unlabelled samples
 * @throws {DeviceError} if the form does not fit the device
 * @throws {InputError} if the form needs class probabilities and there are none
 */
export async function bait(pool: Pool, options: BaitOptions): Promise<BaitSelection> {
  using run = await BaitRun.start(pool, options);
  return await run.select();
}

/** The scales of a weighting: of candidates' V, and of the sum over the labelled. */
function weights(weighting: Weighting, labeled: number, budget: number) {
  const mean = labeled > 0 ? 1 / labeled : 0;
  if (weighting === "sum") return { candidate: 1, labelled: 1 };
  if (weighting === "paper") return { candidate: 1, labelled: mean };
  return {
    candidate: Math.sqrt(budget / (labeled + budget)),
    labelled: mean * labeled / (labeled + budget),
  };
}

/** One selection from start to end. */
class BaitRun implements Disposable {
  readonly #device: Device;
  readonly #scale: { candidate: number; labelled: number };
  readonly #matrices: Matrices;
  readonly #lambda: Tensor;
  readonly #objective: Tensor;
  readonly #labelled: FisherFactors | undefined;
  #drift = 0;
  #rebuilds = 0;

  private constructor(
    private readonly factors: FisherFactors,
    private readonly options: BaitOptions,
  ) {
    const device = this.#device = factors.pool.device;
    const { D } = factors;
    const { labeled } = options;
    this.#scale = weights(options.weighting ?? "reference", labeled.length, options.budget);
    this.#matrices = {
      information: device.tensor("F", [D, D]),
      inverse: device.tensor("inverse of M", [D, D]),
      middle: device.tensor("P", [D, D]),
    };
    this.#lambda = device.tensor("lambda", [1]);
    this.#objective = device.tensor("objective", [1]);
    if (labeled.length > 0) {
      using index = device.tensor("labelled", [labeled.length], "u32", labeled);
      this.#labelled = factors.gather(index, labeled.length);
    }
  }

  static async start(pool: Pool, options: BaitOptions): Promise<BaitRun> {
    const { device } = pool;
    const { fisher, topClasses = 2, predictor } = options;
    const { stride, rows } = pool;
    const size = { rows, stride, classes: predictor?.classes ?? 1, fisher, topClasses };
    checkFits(device, size);
    const { candidate } = weights(
      options.weighting ?? "reference",
      options.labeled.length,
      options.budget,
    );
    const factors = await FisherFactors.from(pool, {
      fisher,
      topClasses,
      predictor,
      scale: candidate,
      segmentRows: segmentRows(device, size),
    });
    try {
      return new BaitRun(factors, options);
    } catch (error) {
      factors[Symbol.dispose]();
      throw error;
    }
  }

  async select(): Promise<BaitSelection> {
    const { budget, labeled, oversample = 2 } = this.options;
    const candidates = this.factors.pool.rows - labeled.length;
    const steps = Math.min(Math.ceil(oversample * budget), candidates);
    await this.#measureInformation();

    using forward = new BaitPhase(this.factors, this.#matrices, 1, steps, labeled);
    await this.#rebuild(forward, []);
    await this.#runPhase(forward, "forward", steps, (done) => [
      { from: this.factors, picks: forward.picks, count: done, sign: 1 },
    ]);

    using sorted = this.#device.tensor("members", [steps], "u32");
    this.#device.run(sortIndices, { index: forward.picks, sorted }, { count: steps });
    using members = this.factors.gather(sorted, steps);
    const all: Change = { from: this.factors, picks: sorted, count: steps, sign: 1 };
    using backward = this.#backwardPhase(forward, members, sorted, steps - budget);
    if (backward) {
      backward.score();
      await this.#runPhase(backward, "backward", steps - budget, (done) => [
        all,
        { from: members, picks: backward.picks, count: done, sign: -1 },
      ]);
    }
    const removed: Change[] = backward
      ? [{ from: members, picks: backward.picks, count: steps - budget, sign: -1 }]
      : [];
    // The reported objective owes nothing to the updates: M is summed and inverted afresh.
    await this.#invertInformation([all, ...removed], async () => {});
    const { inverse, information } = this.#matrices;
    innerProduct(this.#device, inverse, information, this.#objective);
    return await this.#result(forward, backward, steps);
  }

  [Symbol.dispose](): void {
    this.factors[Symbol.dispose]();
    this.#labelled?.[Symbol.dispose]();
    const { information, inverse, middle } = this.#matrices;
    for (const tensor of [information, inverse, middle, this.#lambda, this.#objective]) {
      tensor[Symbol.dispose]();
    }
  }

  /** F, and lambda, which may depend on it. */
  async #measureInformation(): Promise<void> {
    const { factors } = this;
    const { information } = this.#matrices;
    const { pool, classes, D } = factors;
    const recording = new Recording(
      this.#device,
      "information",
      informationSteps(factors),
      this.options,
    );
    const scale = 1 / (pool.rows * this.#scale.candidate ** 2);
    await addInformation(factors, information, scale, () => recording.step());
    recording.end();
    const { lambda = "auto" } = this.options;
    this.#device.run(ridge, { matrix: information, lambda: this.#lambda }, {
      D,
      lambda: lambda === "auto" ? 0 : lambda,
      share: AUTO_SHARE / (classes * pool.columns),
    });
  }

  async #runPhase(
    phase: BaitPhase,
    name: string,
    steps: number,
    changes: (done: number) => Change[],
  ): Promise<void> {
    await runGreedy(
      this.#device,
      {
        advance: (step) => phase.advance(step),
        inspect: async (done) => {
          const [drift] = await this.#device.read(phase.pick, 0, 1);
          this.#drift = Math.max(this.#drift, drift!);
          if (!(drift! > DRIFT_LIMIT)) return;
          this.#rebuilds++;
          await this.#rebuild(phase, changes(done));
          this.#device.write(phase.pick, [0]);
        },
      },
      name,
      steps,
      this.options,
    );
  }

  /** The matrices, the forms and the scores, from the samples themselves. */
  async #rebuild(phase: BaitPhase, changes: readonly Change[]): Promise<void> {
    const steps = 2 * formSteps(phase.factors);
    const recording = new Recording(this.#device, "scores", steps, this.options);
    await this.#invertInformation(changes, () => recording.step());
    const { inverse, information, middle } = this.#matrices;
    const D = inverse.shape[0]!;
    const square = { m: D, n: D, k: D };
    using product = this.#device.tensor("F M^-1", [D, D]);
    const [a, b] = [{ tensor: information }, { tensor: inverse }];
    matmul(this.#device, { ...square, a, b, c: { tensor: product } });
    matmul(this.#device, { ...square, a: b, b: { tensor: product }, c: { tensor: middle } });
    await phase.refresh(() => recording.step());
    phase.score();
    recording.end();
  }

  /** M = lambda I + the labelled + the changes, and its inverse. */
  async #invertInformation(
    changes: readonly Change[],
    step: () => Promise<void>,
  ): Promise<void> {
    const { D } = this.factors;
    using matrix = this.#device.tensor("M", [D, D]);
    this.#device.run(setDiagonal, { s: this.#lambda, matrix }, { D });
    if (this.#labelled) {
      const scale = this.#scale.labelled / this.#scale.candidate ** 2;
      await addInformation(this.#labelled, matrix, scale, step);
    }
    for (const { from, picks, count, sign } of changes) {
      using chosen = from.gather(picks, count);
      await addInformation(chosen, matrix, sign, step);
    }
    invert(this.#device, matrix, this.#matrices.inverse);
  }

  /** The pool of the backward pass: the members alone, in index order, with their forms. */
  #backwardPhase(
    forward: BaitPhase,
    members: FisherFactors,
    sorted: Tensor,
    steps: number,
  ): BaitPhase | undefined {
    if (steps === 0) return undefined;
    const forms = members.segments.map((segment) =>
      this.factors.gatherTensor(sorted, segment, (_, place) => forward.forms[place]!)
    );
    return new BaitPhase(members, this.#matrices, -1, steps, [], forms);
  }

  async #result(
    forward: BaitPhase,
    backward: BaitPhase | undefined,
    steps: number,
  ): Promise<BaitSelection> {
    const [picked, scores, objective, lambda, dropped] = await this.#device.readAll([
      { tensor: forward.picks },
      { tensor: forward.pick, offset: forward.scoresOffset, count: steps },
      { tensor: this.#objective },
      { tensor: this.#lambda },
      ...(backward ? [{ tensor: backward.picks }] : []),
    ]);
    const order = Array.from(picked!);
    const members = order.toSorted((a, b) => a - b);
    const removed = new Set(Array.from(dropped ?? [], (place) => members[place]));
    return {
      picks: order.filter((index) => !removed.has(index)),
      forward: order,
      forwardScores: Array.from(scores!),
      objective: objective![0]!,
      lambda: lambda![0]!,
      drift: this.#drift,
      rebuilds: this.#rebuilds,
    };
  }
}

/** Samples to add to M (sign 1) or take from it (sign -1): the first `count` of `picks`. */
interface Change {
  readonly from: FisherFactors;
  readonly picks: Tensor;
  readonly count: number;
  readonly sign: 1 | -1;
}
