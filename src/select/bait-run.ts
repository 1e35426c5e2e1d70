/**
 * One BAIT selection from start to end: the information of the pool, the forward phase, the backward
 * phase, the repairs between, and the answer.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import { Recording } from "../device/recording.ts";
import type { Tensor } from "../device/tensor.ts";
import { DeviceError } from "../errors.ts";
import { FisherFactors } from "../fisher/factors.ts";
import { addInformation, informationSteps } from "../fisher/information.ts";
import { formSteps } from "../fisher/forms.ts";
import { ridge } from "../kernels/ridge.ts";
import { setDiagonal } from "../kernels/set-diagonal.ts";
import { sortIndices } from "../kernels/sort-indices.ts";
import { invert } from "../linalg/cholesky.ts";
import { matmul } from "../linalg/matmul.ts";
import { innerProduct } from "../linalg/reduce.ts";
import type { Pool } from "../pool/pool.ts";
import { checkFits, segmentRows } from "./bait-memory.ts";
import type { BaitOptions, BaitSelection } from "./bait-options.ts";
import { BaitPhase, type Matrices } from "./bait-state.ts";
import { AUTO_SHARE, scalesOf } from "./bait-scales.ts";
import { pruneExactly, pruningOperations } from "./exact-pruning.ts";
import { runGreedy } from "./greedy.ts";
import { topOf } from "./top.ts";

/**
 * Drift beyond this is repaired. Fresh float32 scores of a pick are good to about 1e-5; with a limit of 1e-4 the
 * forward pass of `exp` on standardised digits, B = 100, left that of float64 after 186 picks.
 */
const DRIFT_LIMIT = 2e-5;

/** What may be done here of a backward phase, in operations. */
const HOST_OPERATIONS = 2e9;

/** One selection from start to end. */
export class BaitRun implements Disposable {
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
    this.#scale = scalesOf(options.weighting ?? "reference", labeled.length, options.budget);
    using undo = new DisposableStack();
    this.#matrices = {
      information: undo.use(device.tensor("F", [D, D])),
      inverse: undo.use(device.tensor("inverse of M", [D, D])),
      middle: undo.use(device.tensor("P", [D, D])),
    };
    this.#lambda = undo.use(device.tensor("lambda", [1]));
    this.#objective = undo.use(device.tensor("objective", [1]));
    if (labeled.length > 0) {
      using index = device.tensor("labelled", [labeled.length], "u32", labeled);
      this.#labelled = factors.gather(index, labeled.length);
    }
    undo.move();
  }

  static async start(pool: Pool, options: BaitOptions): Promise<BaitRun> {
    const { device } = pool;
    const { fisher, topClasses = 2, predictor } = options;
    const { stride, rows } = pool;
    const size = { rows, stride, classes: predictor?.classes ?? 1, fisher, topClasses };
    checkFits(device, size);
    const { candidate } = scalesOf(
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
    const { budget, labeled, excluded = [], oversample = 2 } = this.options;
    const out = [...labeled, ...excluded];
    const candidates = this.factors.pool.rows - out.length;
    const steps = Math.min(Math.ceil(oversample * budget), candidates);
    await this.#measureInformation();

    using forward = new BaitPhase(this.factors, this.#matrices, 1, steps, out);
    await this.#rebuild(forward, []);
    await this.#runPhase(forward, "forward", steps);

    using sorted = this.#device.tensor("members", [steps], "u32");
    this.#device.run(sortIndices, { index: forward.picks, sorted }, { count: steps });
    const dropped = await this.#prune(forward, sorted, steps);
    return await this.#result(forward, sorted, new Set(Array.from(dropped)));
  }

  /** The best scores at M_0, and no second look: the picks know nothing of each other. */
  async selectTop(): Promise<BaitSelection> {
    const { budget, labeled, excluded = [] } = this.options;
    const { pool } = this.factors;
    await this.#measureInformation();
    const out = [...labeled, ...excluded];
    using phase = new BaitPhase(this.factors, this.#matrices, 1, budget, out);
    await this.#rebuild(phase, []);
    const scores = await phase.readScores();
    const barred = new Set(out);
    const candidates = Array.from({ length: pool.rows }, (_, i) => i).filter((i) => !barred.has(i));
    const picks = topOf(scores, candidates, budget);
    const [objective] = await this.#objectivesOf([picks]);
    const [lambda] = await this.#device.read(this.#lambda);
    const forwardScores = picks.map((index) => scores[index]!);
    checkNumbers([...forwardScores, objective!, lambda!]);
    return {
      picks,
      forward: [...picks],
      forwardScores,
      objective: objective!,
      lambda: lambda!,
      drift: 0,
      rebuilds: 0,
    };
  }

  async objectivesOf(batches: readonly (readonly number[])[]): Promise<number[]> {
    await this.#measureInformation();
    return await this.#objectivesOf(batches);
  }

  async #objectivesOf(batches: readonly (readonly number[])[]): Promise<number[]> {
    const objectives: number[] = [];
    for (const batch of batches) {
      const count = batch.length;
      using picks = this.#device.tensor("batch", [count], "u32", batch);
      await this.#measureObjective([{ from: this.factors, picks, count, sign: 1 }]);
      const [objective] = await this.#device.read(this.#objective);
      objectives.push(objective!);
    }
    return objectives;
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

  async #runPhase(phase: BaitPhase, name: string, steps: number): Promise<void> {
    const strategy = {
      advance: (step: number) => phase.advance(step),
      inspect: (done: number) => this.#inspect(phase, done, done === steps),
    };
    await runGreedy(this.#device, strategy, name, steps, this.options);
  }

  /** Reads the drift, and repairs it while samples are still to be added. */
  async #inspect(phase: BaitPhase, done: number, last: boolean): Promise<void> {
    // Removals are not repaired: they start from fresh forms, and on digits repairs (every 10 picks,
    // exp, B = 100) changed one pick of the batch and took three times as long as the selection.
    if (!phase.adds && !last) return;
    const [drift] = await this.#device.read(phase.pick, 0, 1);
    this.#drift = Math.max(this.#drift, drift!);
    if (!(drift! > DRIFT_LIMIT) || last) return;
    this.#rebuilds++;
    await this.#rebuild(phase, [{ from: this.factors, picks: phase.picks, count: done, sign: 1 }]);
    this.#device.write(phase.pick, [0]);
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

  /** The objective, which owes nothing to the updates: M is summed and inverted afresh. */
  async #measureObjective(changes: readonly Change[]): Promise<void> {
    await this.#invertInformation(changes, async () => {});
    const { inverse, information } = this.#matrices;
    innerProduct(this.#device, inverse, information, this.#objective);
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

  /** The backward phase: the places, among the sorted members, of those that are dropped. */
  async #prune(forward: BaitPhase, sorted: Tensor, steps: number): Promise<ArrayLike<number>> {
    const drop = steps - this.options.budget;
    if (drop === 0) return [];
    using members = this.factors.gather(sorted, steps);
    const labelled = this.#labelled;
    const { hostOperations = HOST_OPERATIONS } = this.options;
    if (pruningOperations({ labelled, members, drop }) <= hostOperations) {
      const [lambda] = await this.#device.read(this.#lambda);
      return await pruneExactly({
        ...this.options,
        labelled,
        labelledScale: this.#scale.labelled / this.#scale.candidate ** 2,
        members,
        information: this.#matrices.information,
        lambda: lambda!,
        drop,
      });
    }
    const forms = members.segments.map((segment) =>
      this.factors.gatherTensor(sorted, segment, (_, place) => forward.forms[place]!)
    );
    using backward = new BaitPhase(members, this.#matrices, -1, drop, [], forms);
    // The H of a sample that is picked early falls by orders of magnitude afterwards, and its error
    // with it does not.
    await this.#rebuild(backward, [{ from: this.factors, picks: sorted, count: steps, sign: 1 }]);
    await this.#runPhase(backward, "backward", drop);
    return await this.#device.read(backward.picks);
  }

  async #result(
    forward: BaitPhase,
    sorted: Tensor,
    dropped: ReadonlySet<number>,
  ): Promise<BaitSelection> {
    const steps = sorted.size;
    const [members, picked, scores, lambda] = await this.#device.readAll([
      { tensor: sorted },
      { tensor: forward.picks },
      { tensor: forward.pick, offset: forward.scoresOffset, count: steps },
      { tensor: this.#lambda },
    ]);
    const kept = new Set(Array.from(members!).filter((_, place) => !dropped.has(place)));
    const forwardOrder = Array.from(picked!);
    const picks = forwardOrder.filter((index) => kept.has(index));
    const [objective] = await this.#objectivesOf([picks.toSorted((a, b) => a - b)]);
    checkNumbers([...scores!, objective!, lambda![0]!, this.#drift]);
    return {
      picks,
      forward: forwardOrder,
      forwardScores: Array.from(scores!),
      objective: objective!,
      lambda: lambda![0]!,
      drift: this.#drift,
      rebuilds: this.#rebuilds,
    };
  }
}

/** Refuses an answer that rests on numbers that are none: its picks would mean nothing. */
function checkNumbers(numbers: readonly number[]): void {
  if (numbers.every(Number.isFinite)) return;
  throw new DeviceError(
    "Cannot finish BAIT: its numbers left the range of the device's floats, so lambda is too small " +
      "or the features are too large or too small",
  );
}

/** Samples to add to M (sign 1) or take from it (sign -1): the first `count` of `picks`. */
interface Change {
  readonly from: FisherFactors;
  readonly picks: Tensor;
  readonly count: number;
  readonly sign: 1 | -1;
}
