/**
 * The matrices of a BAIT selection: F of the pool, M of the labeled and picked samples, and the
 * matrices derived from both, always computed from the samples themselves.
 *
 * @module
 */

import type { Device } from "../../device/device.ts";
import { Recording } from "../../device/recording.ts";
import type { Tensor } from "../../device/tensor.ts";
import { Resource, ResourceStack } from "../../disposal.ts";
import { FisherFactors } from "./fisher/factors.ts";
import { addInformation, informationSteps } from "./fisher/information.ts";
import { invertSum, multiplyMiddle, type Summands } from "./summed-information.ts";
import { type FormPart, formSteps } from "./fisher/forms.ts";
import { areFew } from "./fisher/ridge-forms.ts";
import { ridge } from "../../kernels/bait/ridge.ts";
import { dotProduct } from "../../linalg/reduce.ts";
import type { Pool } from "../../pool/pool.ts";
import { checkFits, segmentRows } from "./memory.ts";
import type { BaitSettings } from "./options.ts";
import { checkRidge, featureUnit } from "./range.ts";
import { AUTO_SHARE, scalesOf } from "./weighting.ts";
import type { BaitPhase } from "./phase.ts";
import type { Matrices } from "./phase-state.ts";

/** The first `count` of `picks`: samples that are part of M besides the labeled ones. */
export interface Picked {
  /** Indices into the pool, u32. */
  readonly picks: Tensor;
  /** The number of picks. */
  readonly count: number;
}

/** M^-1 and P, `[D, D]`, that were computed elsewhere. */
export interface MatrixValues {
  /** M^-1. */
  readonly inverse: ArrayLike<number>;
  /** P. */
  readonly middle: ArrayLike<number>;
}

/** F, M and lambda of one selection. Disposing it frees them and the factors. */
export class BaitInformation extends Resource {
  /** F, M^-1 and P. */
  readonly matrices: Matrices;
  /** The ridge in the unit of the selection, `[1]`. */
  readonly lambda: Tensor;
  /** The factors of the labeled samples, if there are any. */
  readonly labeled: FisherFactors | undefined;
  /** The factor of the sum of their information in M. */
  readonly labeledScale: number;
  readonly #device: Device;
  readonly #candidateScale: number;
  /** The factor of the features. */
  readonly #unit: number;

  private constructor(
    /** The factors of the pool, with the scale of candidates. */
    readonly factors: FisherFactors,
    private readonly options: BaitSettings,
  ) {
    super();
    const device = this.#device = factors.pool.device;
    const { D } = factors;
    const { labeled, budget, weighting } = options;
    this.#unit = featureUnit(factors.pool);
    const { candidate, known } = scalesOf(weighting, labeled.length, budget);
    this.#candidateScale = candidate;
    this.labeledScale = known / candidate ** 2;
    using undo = new ResourceStack();
    this.matrices = {
      information: undo.use(device.tensor("F", [D, D])),
      inverse: undo.use(device.tensor("inverse of M", [D, D])),
      middle: undo.use(device.tensor("P", [D, D])),
    };
    this.lambda = undo.use(device.tensor("lambda", [1]));
    if (labeled.length > 0) {
      using index = device.tensor("labeled", [labeled.length], "u32", labeled);
      this.labeled = factors.gather(index, labeled.length);
    }
    undo.move();
  }

  /**
   * Computes the factors, F and lambda.
   *
   * @throws {DeviceError} if the form does not fit in device memory
   * @throws {InputError} if the form needs class probabilities and there are none, or lambda is too
   * small or too large for the device
   */
  static async from(pool: Pool, options: BaitSettings): Promise<BaitInformation> {
    const { device, stride, rows } = pool;
    const { fisher, topClasses, predictor, labeled, budget, weighting } = options;
    const size = { rows, stride, classes: predictor?.classes ?? 1, fisher, topClasses };
    checkFits(device, size);
    using undo = new ResourceStack();
    const factors = undo.use(
      await FisherFactors.from(pool, {
        fisher,
        topClasses,
        predictor,
        scale: featureUnit(pool) * scalesOf(weighting, labeled.length, budget).candidate,
        segmentRows: segmentRows(device, size),
      }),
    );
    const information = new BaitInformation(factors, options);
    // From now on the information owns the factors.
    undo.move();
    try {
      await information.#measure();
      return information;
    } catch (error) {
      information.dispose();
      throw error;
    }
  }

  /** Reads the ridge in the unit of the selection, if it does not follow from the options. */
  async readRidge(): Promise<number> {
    const { lambda } = this.options;
    if (lambda !== "auto") return lambda * this.#unit ** 2;
    return (await this.#device.read(this.lambda))[0]!;
  }

  /**
   * Converts the ridge from the unit of the selection to that of the features.
   *
   * @param ridge what was read from `lambda`
   * @param objective the objective of the batch, which is 0 if F is 0
   */
  reported(ridge: number, objective: number): number {
    const { lambda } = this.options;
    if (lambda !== "auto") return lambda;
    return objective === 0 ? 1 : ridge / this.#unit ** 2;
  }

  /** What M is the sum of before the first pick. */
  get summands(): Omit<Summands, "chosen"> {
    const { lambda, labeled, labeledScale } = this;
    return { lambda, labeled, labeledScale };
  }

  /**
   * Records M^-1, P, and the forms and scores of a phase.
   *
   * @param phase the phase
   * @param source the picks that are part of M, or M^-1 and P themselves
   * @param parts which of the forms
   */
  async prepare(
    phase: BaitPhase,
    source?: Picked | MatrixValues,
    parts: readonly FormPart[] = ["G", "H"],
  ): Promise<void> {
    const steps = parts.length * formSteps(phase.factors);
    const recording = new Recording(this.#device, "scores", steps, this.options);
    if (source && "middle" in source) {
      this.#device.write(this.matrices.inverse, source.inverse);
      this.#device.write(this.matrices.middle, source.middle);
    } else await this.sum(source, () => recording.step());
    const { labeled, labeledScale: scale } = this;
    // With a ridge far below the features, 1 / lambda of the identity would cancel all digits.
    const ridge = !source && this.options.lambda === "auto" && areFew(labeled)
      ? { lambda: await this.readRidge(), labeled, scale }
      : undefined;
    await phase.refresh(() => recording.step(), parts, ridge);
    phase.score();
    recording.end();
  }

  /** Computes M^-1 and P from the samples. */
  async sum(picked: Picked | undefined, step: () => Promise<void>): Promise<void> {
    await this.#invert(picked, step);
    multiplyMiddle(this.#device, this.matrices);
  }

  /**
   * The objective `trace(M_S^-1 F)` of a batch. M is summed and inverted afresh, so the result does
   * not depend on rank updates.
   */
  async objectiveOf(batch: readonly number[]): Promise<number> {
    const device = this.#device;
    using picks = device.tensor("batch", [batch.length], "u32", batch);
    using objective = device.tensor("objective", [1]);
    await this.#invert({ picks, count: batch.length }, async () => {});
    dotProduct(device, this.matrices.inverse, this.matrices.information, objective);
    return (await device.read(objective))[0]!;
  }

  /** Frees the matrices and the factors. */
  dispose(): void {
    this.factors.dispose();
    this.labeled?.dispose();
    const { information, inverse, middle } = this.matrices;
    for (const tensor of [information, inverse, middle, this.lambda]) tensor.dispose();
  }

  /** Computes F, and lambda, which may depend on F. */
  async #measure(): Promise<void> {
    const { factors, matrices: { information }, options } = this;
    const device = this.#device;
    const { pool, classes, D } = factors;
    const recording = new Recording(device, "information", informationSteps(factors), options);
    const scale = 1 / (pool.rows * this.#candidateScale ** 2);
    await addInformation(factors, information, scale, () => recording.step());
    recording.end();
    const share = AUTO_SHARE / (classes * pool.columns);
    device.run(ridge, { matrix: information, lambda: this.lambda }, { D, lambda: 0, share });
    if (options.lambda === "auto") return;
    const [automatic] = await device.read(this.lambda);
    const squared = this.#unit ** 2;
    checkRidge(options.lambda, automatic! / AUTO_SHARE / squared, device, classes);
    device.write(this.lambda, [options.lambda * squared]);
  }

  /** Computes M = lambda I + labeled + picked, and its inverse. */
  async #invert(picked: Picked | undefined, step: () => Promise<void>): Promise<void> {
    using chosen = picked?.count ? this.factors.gather(picked.picks, picked.count) : undefined;
    await invertSum(this.#device, { ...this.summands, chosen }, this.matrices.inverse, step);
  }
}
