/**
 * Picks that stay on the device: the arg-max of the scores among the candidates, and the rows of what was
 * picked.
 *
 * @module
 */

import type { Device } from "../../device/device.ts";
import type { Tensor } from "../../device/tensor.ts";
import { Resource, ResourceStack } from "../../disposal.ts";
import { takeBest } from "../../linalg/reduce.ts";
import { gatherNumbers } from "../../pool/gather-numbers.ts";
import type { Block } from "../../pool/pool.ts";

/** The picks of a greedy strategy. */
export class Picker extends Resource {
  /** The samples, in the order of the picks, u32; also those that count as picked from the start. */
  readonly picks: Tensor;
  readonly #taken: Tensor;
  readonly #device: Device;
  readonly #mask: Tensor;

  /**
   * Starts without a pick.
   *
   * @param device where the scores are
   * @param rows n
   * @param candidates the samples that may be picked
   * @param budget how many will be
   * @param before samples that stand before the picks, such as labeled ones
   */
  constructor(
    device: Device,
    rows: number,
    candidates: readonly number[],
    budget: number,
    private readonly before: readonly number[] = [],
  ) {
    super();
    this.#device = device;
    const open = new Uint32Array(rows);
    for (const index of candidates) open[index] = 1;
    using undo = new ResourceStack();
    this.#mask = undo.use(device.tensor("candidates", [rows], "u32", open));
    this.picks = undo.use(device.tensor("picks", [before.length + budget], "u32"));
    this.#taken = undo.use(device.tensor("scores of the picks", [before.length + budget]));
    device.write(this.picks, before);
    undo.move();
  }

  /** Records entry `place`: the candidate with the highest score, which is none any more. */
  take(scores: Tensor, place: number): void {
    takeBest(this.#device, scores, this.#mask, { picks: this.picks, taken: this.#taken }, place);
  }

  /** Makes a candidate entry `place` from here. */
  set(index: number, place: number): void {
    this.#device.write(this.picks, [index], place);
    this.#device.write(this.#mask, [0], index);
  }

  /**
   * Records the copy of the row of one entry of `picks`, as working numbers.
   *
   * @param blocks rows over the whole pool, `[n, width]`
   * @param width of a row and of `out`
   * @param place which entry
   * @param out receives the row
   */
  gather(blocks: readonly Block[], width: number, place: number, out: Tensor): void {
    gatherNumbers(this.#device, blocks, this.picks, out, { first: place, count: 1, width });
  }

  /** The picks, in order. */
  async read(): Promise<number[]> {
    return Array.from(await this.#device.read(this.picks, this.before.length));
  }

  /** The score of each pick when it was taken. */
  async readScores(): Promise<number[]> {
    return Array.from(await this.#device.read(this.#taken, this.before.length));
  }

  /** Frees what it holds. */
  dispose(): void {
    this.#taken.dispose();
    this.#mask.dispose();
    this.picks.dispose();
  }
}
