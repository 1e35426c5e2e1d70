/**
 * The exact side of a forward phase on a GPU: the matrices in float64 with the samples that were
 * picked so far, and the errors of the scores on the GPU.
 *
 * @module
 */

import type { Device } from "../../../device/device.ts";
import { openDevice } from "../../../device/open.ts";
import type { Tensor } from "../../../device/tensor.ts";
import { Resource, ResourceStack } from "../../../disposal.ts";
import { copyFactors } from "./copy-factors.ts";
import { ExactMatrices } from "./matrices.ts";
import type { FisherFactors } from "../fisher/factors.ts";
import type { BaitInformation } from "../information.ts";

/** The largest order of the matrices, without a BLAS and with one; its cube is the cost. */
const LARGEST_ORDER = { plain: 1024, blas: 4096 } as const;

/** The most picks that are added at once. */
const MOST_AT_ONCE = 128;

/** The float64 matrices that follow the picks of a forward phase. */
export class ExactState extends Resource {
  #count = 0;

  private constructor(
    private readonly information: BaitInformation,
    readonly device: Device,
    readonly matrices: ExactMatrices,
  ) {
    super();
  }

  /**
   * Opens the state after some picks, from the samples.
   *
   * @param information what the selection knows
   * @param picks the picks, u32, on its device
   * @param count the number of picks
   * @returns the state, or undefined if the matrices are too large for the CPU
   */
  static async open(
    information: BaitInformation,
    picks: Tensor,
    count: number,
  ): Promise<ExactState | undefined> {
    const { factors, labeled, matrices } = information;
    const { memory, signal } = factors.pool.device;
    using undo = new ResourceStack();
    const host = undo.use(
      await openDevice({ device: "cpu", memoryBudget: memory.budget, signal }),
    );
    if (factors.D > LARGEST_ORDER[host.blas ? "blas" : "plain"]) return undefined;
    const F = await factors.pool.device.read(matrices.information);
    const exact = undo.use(new ExactMatrices(host, F));
    using known = labeled && await copyFactors(labeled, host);
    using lambda = host.tensor("lambda", [1], "real", [await information.readRidge()]);
    using gathered = factors.gather(picks, count);
    using chosen = await copyFactors(gathered, host);
    await exact.sum({ ...information.summands, lambda, labeled: known, chosen });
    undo.move();
    const state = new ExactState(information, host, exact);
    state.#count = count;
    return state;
  }

  /**
   * Adds the picks that came since the last call.
   *
   * @param picks all picks, u32, on the device of the selection
   * @param count the number of picks so far
   */
  async follow(picks: Tensor, count: number): Promise<void> {
    const { factors } = this.information;
    while (this.#count < count) {
      const more = Math.min(MOST_AT_ONCE, count - this.#count);
      using chosen = await this.#copied(factors, picks, more);
      this.matrices.add(chosen);
      this.#count += more;
      await this.device.idle();
    }
  }

  async #copied(factors: FisherFactors, picks: Tensor, count: number): Promise<FisherFactors> {
    const { device } = factors.pool;
    using part = device.tensor("picks to add", [count], "u32");
    device.copy(picks, part, { fromOffset: this.#count, count });
    using gathered = factors.gather(part, count);
    return await copyFactors(gathered, this.device);
  }

  /** Frees the matrices and the device. */
  dispose(): void {
    this.matrices.dispose();
    this.device.dispose();
  }
}
