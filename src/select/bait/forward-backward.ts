/**
 * One BAIT selection: the forward phase with its repairs, the backward phase, and the result.
 *
 * @module
 */

import type { Device } from "../../device/device.ts";
import type { Tensor } from "../../device/tensor.ts";
import { Resource } from "../../disposal.ts";
import { sortIndices } from "../../kernels/bait/sort-indices.ts";
import type { Pool } from "../../pool/pool.ts";
import { BaitInformation } from "./information.ts";
import type { BaitSelection, BaitSettings } from "./options.ts";
import { checkDrift, checkNumbers } from "./range.ts";
import { BaitPhase } from "./phase.ts";
import { pruneExactly, pruningOperations } from "./backward/exact-pruning.ts";
import { type Inspected, runGreedy } from "../drivers/greedy.ts";
import { topOf } from "../drivers/top.ts";
import type { ExactState } from "./exact/state.ts";
import { exactPart } from "./parts.ts";
import { Inspections } from "./inspections.ts";

/**
 * The largest number of operations of a backward phase in float64 on the CPU: about two minutes
 * without a BLAS, for 10,000 members with 512 features.
 */
const HOST_OPERATIONS = 2e11;

/** The number of operations, half a second, up to which there is one way for a backward phase. */
const FEW_OPERATIONS = 5e8;

/**
 * When the state of a forward phase is repaired. The scores of two samples that are picked one
 * after another differ by about 0.4 % (n = 8,000), so relative errors of 3e-6 change one of a
 * thousand picks. With matrices in float32 fresh scores have errors of up to 1e-5, and in float64
 * they keep enough digits while they fall.
 */
const LIMITS = {
  exact: { drift: 3e-6, fall: 8 },
  plain: { drift: 2e-5, fall: Infinity },
} as const;

/** The number of picks up to which a forward phase in float32 stays that of float64. */
const FEW_STEPS = 200;

/** A BAIT selection with the greedy algorithm. */
export class BaitRun extends Resource {
  readonly #device: Device;
  #drift = 0;
  #rebuilds = 0;
  /** The matrices in float64; null if they are too large. */
  #exact: ExactState | null | undefined;

  private constructor(
    private readonly information: BaitInformation,
    private readonly options: BaitSettings,
  ) {
    super();
    this.#device = information.factors.pool.device;
  }

  static async start(pool: Pool, options: BaitSettings): Promise<BaitRun> {
    return new BaitRun(await BaitInformation.from(pool, options), options);
  }

  async select(): Promise<BaitSelection> {
    const { information: { factors, matrices }, options } = this;
    const { budget, labeled, excluded = [], oversample } = options;
    const out = [...labeled, ...excluded];
    const candidates = factors.pool.rows - out.length;
    const steps = Math.min(Math.ceil(oversample * budget), candidates);
    using forward = new BaitPhase(factors, matrices, 1, steps, out);
    await this.information.prepare(forward);
    await this.#runPhase(forward, steps);

    using sorted = this.#device.tensor("members", [steps], "u32");
    this.#device.run(sortIndices, { index: forward.picks, sorted }, { count: steps });
    const dropped = await this.#prune(forward, sorted, steps);
    return await this.#forwardResult(forward, sorted, new Set(Array.from(dropped)));
  }

  /** Picks the samples with the highest scores at M_0, without updates between the picks. */
  async selectTop(): Promise<BaitSelection> {
    const { information, options: { budget, labeled, excluded = [] } } = this;
    const { factors, matrices } = information;
    const out = [...labeled, ...excluded];
    using phase = new BaitPhase(factors, matrices, 1, budget, out);
    await information.prepare(phase);
    const scores = await phase.readScores();
    const barred = new Set(out);
    const { rows } = factors.pool;
    const candidates = Array.from({ length: rows }, (_, i) => i).filter((i) => !barred.has(i));
    const picks = topOf(scores, candidates, budget);
    const ridge = await information.readRidge();
    return await this.#resultOf(picks, picks, picks.map((index) => scores[index]!), ridge);
  }

  async objectivesOf(batches: readonly (readonly number[])[]): Promise<number[]> {
    const objectives: number[] = [];
    for (const batch of batches) objectives.push(await this.information.objectiveOf(batch));
    return objectives;
  }

  dispose(): void {
    this.#exact?.dispose();
    this.information.dispose();
  }

  async #runPhase(phase: BaitPhase, steps: number): Promise<void> {
    const exact = this.#device.kind === "webgpu" && steps > FEW_STEPS;
    const inspections = new Inspections(LIMITS[exact ? "exact" : "plain"]);
    const strategy = {
      advance: (step: number) => phase.advance(step),
      inspect: (done: number) => this.#inspect(phase, inspections, done, done === steps),
    };
    await runGreedy(this.#device, strategy, "forward", steps, this.options);
  }

  /** Reads the drift, and repairs it while samples are still to be added. */
  async #inspect(
    phase: BaitPhase,
    inspections: Inspections,
    done: number,
    last: boolean,
  ): Promise<Inspected> {
    const [header, scores] = await this.#device.readAll([
      { tensor: phase.pick, count: 1 },
      { tensor: phase.pick, offset: phase.scoresOffset, count: done },
    ]);
    const drift = header![0]!;
    inspections.see(drift, scores!);
    const { standing } = inspections;
    if (standing < done) await phase.takeBack(standing, done);
    else {
      this.#seeDrift(drift);
      if (last) return { done, next: 0 };
    }
    if (inspections.due) {
      await this.#repair(phase, standing, inspections.drifted);
      inspections.repaired();
      if (this.#exact === null) inspections.limit(LIMITS.plain);
    }
    return { done: standing, next: inspections.next };
  }

  #seeDrift(drift: number): void {
    this.#drift = Math.max(this.#drift, drift);
    checkDrift(this.#drift, this.options, this.#device);
  }

  /** Computes the matrices and the forms from the samples. */
  async #repair(phase: BaitPhase, done: number, drifted: boolean): Promise<void> {
    const { information } = this;
    const { picks } = phase;
    this.#rebuilds++;
    this.#device.write(phase.pick, [0]);
    const exact = await this.#exactAt(picks, done);
    if (!exact) return await information.prepare(phase, { picks, count: done });
    const { device, matrices: { inverse, middle } } = exact;
    const [first, second] = await device.readAll([{ tensor: inverse }, { tensor: middle }]);
    // The errors of G hardly grow: it is compared with 1, and only falls.
    const parts = drifted || this.#rebuilds < 3 ? ["G", "H"] as const : ["H"] as const;
    await information.prepare(phase, { inverse: first!, middle: second! }, parts);
  }

  /** The matrices in float64 with the first picks, which cannot be fewer than before. */
  async #exactAt(picks: Tensor, count: number): Promise<ExactState | undefined> {
    if (this.#device.kind === "cpu") return undefined;
    if (this.#exact === undefined) {
      const part = await exactPart();
      this.#exact = await part?.open(this.information, picks, count) ?? null;
    }
    await this.#exact?.follow(picks, count);
    return this.#exact ?? undefined;
  }

  /**
   * Runs the backward phase and returns the positions of the dropped samples among the sorted
   * members.
   */
  async #prune(forward: BaitPhase, sorted: Tensor, steps: number): Promise<ArrayLike<number>> {
    const { information, options } = this;
    const { factors, labeled, labeledScale, matrices } = information;
    const { budget, hostOperations = HOST_OPERATIONS } = options;
    const drop = steps - budget;
    if (drop === 0) return [];
    using members = factors.gather(sorted, steps);
    const operations = pruningOperations({ labeled, members, drop });
    if (operations > Math.min(hostOperations, FEW_OPERATIONS)) {
      const exactAt = () => this.#exactAt(forward.picks, steps);
      const large = { information, members, sorted, forms: forward.forms, drop, exactAt };
      const limits = { operations, hostOperations };
      const pruned = await (await exactPart())?.prune({ ...options, ...large, ...limits });
      if (pruned) {
        this.#seeDrift(pruned.drift);
        return pruned.dropped;
      }
    }
    const lambda = await information.readRidge();
    return await pruneExactly({
      ...options,
      labeled,
      labeledScale,
      members,
      information: matrices.information,
      lambda,
      drop,
    });
  }

  async #forwardResult(
    forward: BaitPhase,
    sorted: Tensor,
    dropped: ReadonlySet<number>,
  ): Promise<BaitSelection> {
    const steps = sorted.size;
    const [members, picked, scores, lambda] = await this.#device.readAll([
      { tensor: sorted },
      { tensor: forward.picks },
      { tensor: forward.pick, offset: forward.scoresOffset, count: steps },
      { tensor: this.information.lambda },
    ]);
    const kept = new Set(Array.from(members!).filter((_, place) => !dropped.has(place)));
    const order = Array.from(picked!);
    const picks = order.filter((index) => kept.has(index));
    return await this.#resultOf(picks, order, Array.from(scores!), lambda![0]!);
  }

  /**
   * Builds the result, with the objective of the batch.
   *
   * @throws {InputError | DeviceError} if a number is not finite, because the picks would be
   * meaningless then
   */
  async #resultOf(
    picks: readonly number[],
    forward: readonly number[],
    forwardScores: number[],
    ridge: number,
  ): Promise<BaitSelection> {
    checkNumbers(this.options, forwardScores, [ridge, this.#drift]);
    const objective = await this.information.objectiveOf(picks.toSorted((a, b) => a - b));
    checkNumbers(this.options, [], [objective]);
    const lambda = this.information.reported(ridge, objective);
    return {
      picks: [...picks],
      forward: [...forward],
      forwardScores,
      objective,
      lambda,
      drift: this.#drift,
      rebuilds: this.#rebuilds,
    };
  }
}
