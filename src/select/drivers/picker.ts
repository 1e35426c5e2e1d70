/**
 * Picks that stay on the device: the arg-max of scores among the candidates, and the rows of picked
 * samples.
 *
 * @module
 */

import type { Device } from "../../device/device.ts";
import type { Tensor } from "../../device/tensor.ts";
import { Resource, ResourceStack } from "../../disposal.ts";
import { takeArgMax } from "../../linalg/reduce.ts";
import { gatherNumbers } from "../../pool/gather-numbers.ts";
import type { Block } from "../../pool/pool.ts";

/** The picks of a greedy strategy, in a tensor on the device. */
export class Picker extends Resource {
  /** The indices of the picked samples in order, u32, after those that were given as `before`. */
  readonly picks: Tensor;
  readonly #taken: Tensor;
  readonly #device: Device;
  readonly #mask: Tensor;
  /** Whether a block has the row that was located last. */
  #holds: ((block: Block) => boolean) | undefined;

  /**
   * Creates a picker without picks.
   *
   * @param device the device that holds the scores
   * @param rows n, the number of samples in the pool
   * @param candidates the indices of the samples that may be picked
   * @param budget the number of picks to come
   * @param before indices that precede the picks in `picks`, such as those of labeled samples
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

  /**
   * Records the choice of entry `place`: the candidate with the highest score, which is then no
   * candidate any more.
   */
  take(scores: Tensor, place: number): void {
    takeArgMax(this.#device, scores, this.#mask, { picks: this.picks, taken: this.#taken }, place);
  }

  /** Sets entry `place` to a sample, which is then no candidate any more. */
  set(index: number, place: number): void {
    this.#device.write(this.picks, [index], place);
    this.#device.write(this.#mask, [0], index);
  }

  /**
   * Reads back which sample an entry is, if a pool is streamed: until the next call, `gather` reads
   * only blocks with that sample.
   */
  async locate(place: number): Promise<void> {
    this.#holds = await this.#device.streams?.holder(this.picks, place);
  }

  /**
   * Records the copy of the row of one picked sample, converted to working numbers.
   *
   * @param blocks the rows of the whole pool, `[n, width]`
   * @param width the number of values in a row and in `out`
   * @param place which entry of `picks`
   * @param out the tensor that receives the row
   */
  gather(blocks: readonly Block[], width: number, place: number, out: Tensor): void {
    const needed = this.#holds ? blocks.filter(this.#holds) : blocks;
    gatherNumbers(this.#device, needed, this.picks, out, { first: place, count: 1, width });
  }

  /** Reads the picks, in order, without those that were given as `before`. */
  async read(): Promise<number[]> {
    return Array.from(await this.#device.read(this.picks, this.before.length));
  }

  /** Reads the score that each pick had when it was taken. */
  async readScores(): Promise<number[]> {
    return Array.from(await this.#device.read(this.#taken, this.before.length));
  }

  /** Frees the tensors. */
  dispose(): void {
    this.#taken.dispose();
    this.#mask.dispose();
    this.picks.dispose();
  }
}
