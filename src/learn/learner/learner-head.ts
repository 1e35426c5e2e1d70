/**
 * The head of a learner: trained when it is asked for, kept until the labels change. And the queue of
 * what uses it, since a head must not go while someone predicts with it.
 *
 * @module
 */

import type { RecordingOptions } from "../../device/recording.ts";
import { InputError } from "../../errors.ts";
import type { Labeled } from "../../head/labeled.ts";
import { LinearHead } from "../../head/linear.ts";
import type { Pool } from "../../pool/pool.ts";
import type { Predictor } from "../../pool/predictions.ts";
import type { Trainer } from "./options.ts";
import { classCount, type LearnerSettings } from "./settings.ts";

/** Trains a linear head with C = 1. */
const linearTrainer: Trainer = (pool, labeled, { classes, ...watching }) =>
  LinearHead.train(pool, labeled, { ...watching, classes });

/** The head of a learner. */
export class LearnerHead implements Disposable {
  #current: { readonly head: Predictor & Disposable; readonly version: number } | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #running = 0;
  #disposed = false;

  /** Starts without a head. */
  constructor(
    private readonly pool: Pool,
    private readonly settings: LearnerSettings,
    private readonly trainer: Trainer = linearTrainer,
  ) {}

  /**
   * Does work after all work before it, whether that went well or not.
   *
   * @throws {InputError} if the learner has been disposed
   */
  async inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.#running++;
    const result = this.#queue.then(() => {
      if (this.#disposed) throw new InputError("Cannot use the learner: it has been disposed");
      return work();
    });
    // What failed has been reported to the caller of that work.
    this.#queue = result.catch(() => {});
    try {
      return await result;
    } finally {
      this.#running--;
      if (this.#disposed && this.#running === 0) this.#free();
    }
  }

  /**
   * The head for labels, trained unless it is there already. Only to be called in turn.
   *
   * @param labeled the labels
   * @param version which state of the labels that is
   * @throws {InputError} if there are none
   */
  async train(
    labeled: Labeled,
    version: number,
    { signal, onProgress, sliceMilliseconds }: RecordingOptions,
  ): Promise<Predictor> {
    if (this.#current?.version === version) return this.#current.head;
    if (labeled.indices.length === 0) {
      throw new InputError("Cannot train a head: nothing is labeled");
    }
    this.#free();
    const { settings, pool } = this;
    const head = await this.trainer(pool, labeled, {
      classes: classCount(settings.classes),
      seed: settings.seed,
      signal,
      onProgress,
      sliceMilliseconds,
    });
    this.#current = { head, version };
    return head;
  }

  /** Frees the head, now or when what is running has ended. */
  [Symbol.dispose](): void {
    this.#disposed = true;
    if (this.#running === 0) this.#free();
  }

  #free(): void {
    this.#current?.head[Symbol.dispose]();
    this.#current = undefined;
  }
}
