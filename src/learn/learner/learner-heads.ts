/**
 * The heads of a learner: trained when they are needed and kept until the labels change; and a
 * queue of the calls that use them, because a head must not be disposed while it predicts.
 *
 * @module
 */

import type { RecordingOptions } from "../../device/recording.ts";
import { dispose, Resource, ResourceStack } from "../../disposal.ts";
import { InputError } from "../../errors.ts";
import type { Head } from "../../head/head.ts";
import { gatherSamples } from "../../head/labeled.ts";
import { trainClassifier } from "../../head/train-classifier.ts";
import type { Pool } from "../../pool/pool.ts";
import { keyOf } from "../../random/counter-hash.ts";
import { bootstrapSample } from "./bootstrap.ts";
import type { LearnerHead, Trainer } from "./options.ts";
import { classCount, type LearnerSettings } from "./settings.ts";

/** The default trainer: a linear head with C = 1. */
const linearTrainer: Trainer<Head> = (pool, labeled, { seed: _, ...options }) =>
  trainClassifier(pool, labeled, options);

/** The labeled samples of a pool, each once. */
interface Labels {
  readonly indices: readonly number[];
  readonly labels: readonly number[];
}

/** Heads that were trained for one version of the labels. */
interface Kept<H> {
  readonly heads: readonly H[];
  readonly version: number;
}

/** The heads of a learner. */
export class LearnerHeads<H extends LearnerHead> extends Resource {
  #single: Kept<H> | undefined;
  #ensemble: Kept<H> | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #running = 0;
  #disposed = false;
  readonly #trainer: Trainer<H>;

  /**
   * Starts without a head.
   *
   * @param pool the pool of the learner
   * @param settings the settings of the learner
   * @param trainer the function that trains the heads. Default: a linear head with C = 1
   */
  constructor(
    private readonly pool: Pool,
    private readonly settings: LearnerSettings,
    trainer: Trainer<H> | undefined,
  ) {
    super();
    // Without a trainer H is Head, the default of `LearnerOptions`.
    this.#trainer = trainer ?? linearTrainer as Trainer<LearnerHead> as Trainer<H>;
  }

  /**
   * Runs a function after all functions before it have settled, whether they succeeded or not.
   *
   * @throws {InputError} if the learner has been disposed
   */
  async inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.#running++;
    const result = this.#queue.then(() => {
      if (this.#disposed) throw new InputError("Cannot use the learner: it has been disposed");
      return work();
    });
    // An error is reported to the caller of that work only.
    this.#queue = result.catch(() => {});
    try {
      return await result;
    } finally {
      this.#running--;
      if (this.#disposed && this.#running === 0) this.#free();
    }
  }

  /**
   * The head for the given labels; it is trained if the labels have changed. Must be called within
   * `inTurn`.
   *
   * @param labeled the labels
   * @param version the version of the labels
   * @param recordingOptions the abort signal and the progress callback
   * @throws {InputError} if there are no labels
   */
  async train(labeled: Labels, version: number, recordingOptions: RecordingOptions): Promise<H> {
    if (this.#single?.version === version) return this.#single.heads[0]!;
    if (labeled.indices.length === 0) {
      throw new InputError("Cannot train a head: nothing is labeled");
    }
    this.#free();
    const { settings: { seed }, pool } = this;
    const head = await this.#trainOne(pool, labeled, seed, recordingOptions);
    this.#single = { heads: [head], version };
    return head;
  }

  /**
   * The ensemble for the given labels; it is trained if the labels have changed. Each head has its
   * own seed and its own bootstrap sample. Must be called within `inTurn`.
   *
   * @param labeled the labels, at least one
   * @param version the version of the labels
   * @param recordingOptions the abort signal and the progress callback
   * @returns the heads; undefined if the learner has no ensemble
   */
  async trainEnsemble(
    { indices, labels }: Labels,
    version: number,
    recordingOptions: RecordingOptions,
  ): Promise<readonly H[] | undefined> {
    const { seed, ensemble } = this.settings;
    if (ensemble === undefined) return undefined;
    if (this.#ensemble?.version === version) return this.#ensemble.heads;
    using undo = new ResourceStack();
    const heads: H[] = [];
    for (let member = 0; member < ensemble; member++) {
      const places = bootstrapSample(labels, keyOf(seed, "bootstrap", member));
      // A separate pool, because a sample of a pool can have one label only, and draws repeat.
      using pool = gatherSamples(this.pool, places.map((place) => indices[place]!));
      const drawn = { indices: places.map((_, i) => i), labels: places.map((i) => labels[i]!) };
      const own = keyOf(seed, "member", member);
      heads.push(undo.use(await this.#trainOne(pool, drawn, own, recordingOptions)));
    }
    undo.move();
    this.#ensemble?.heads.forEach((head) => head[dispose]());
    this.#ensemble = { heads, version };
    return heads;
  }

  /** Frees the heads, after the running calls have ended. */
  dispose(): void {
    this.#disposed = true;
    if (this.#running === 0) this.#free();
  }

  #trainOne(
    pool: Pool,
    labeled: Labels,
    seed: number,
    { signal, onProgress, sliceMilliseconds }: RecordingOptions,
  ): Promise<H> {
    const classes = classCount(this.settings.classes);
    return this.#trainer(pool, labeled, { classes, seed, signal, onProgress, sliceMilliseconds });
  }

  #free(): void {
    for (const kept of [this.#single, this.#ensemble]) {
      kept?.heads.forEach((head) => head[dispose]());
    }
    this.#single = this.#ensemble = undefined;
  }
}
