/**
 * The heads of a learner: trained when they are asked for, kept until the labels change. And the
 * queue of what uses them, since a head must not go while someone predicts with it.
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

/** Trains a linear head with C = 1. */
const linearTrainer: Trainer<Head> = (pool, labeled, options) =>
  trainClassifier(pool, labeled, options);

/** Labeled samples of a pool, each once. */
interface Labels {
  readonly indices: readonly number[];
  readonly labels: readonly number[];
}

/** Heads for one state of the labels. */
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
   * @param pool the learner's
   * @param settings the learner's
   * @param trainer trains the heads. Default `trainHead`
   */
  constructor(
    private readonly pool: Pool,
    private readonly settings: LearnerSettings,
    trainer: Trainer<H> | undefined,
  ) {
    super();
    // Without a trainer H is Head, as `LearnerOptions` has it.
    this.#trainer = trainer ?? linearTrainer as Trainer<LearnerHead> as Trainer<H>;
  }

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
   * @param watching how the training is watched
   * @throws {InputError} if there are none
   */
  async train(labeled: Labels, version: number, watching: RecordingOptions): Promise<H> {
    if (this.#single?.version === version) return this.#single.heads[0]!;
    if (labeled.indices.length === 0) {
      throw new InputError("Cannot train a head: nothing is labeled");
    }
    this.#free();
    const { settings: { seed }, pool } = this;
    const head = await this.#trainOne(pool, labeled, seed, watching);
    this.#single = { heads: [head], version };
    return head;
  }

  /**
   * An ensemble for labels, trained unless it is there already: each head with a seed of its own,
   * on a bootstrap sample of its own. Only to be called in turn.
   *
   * @param labeled the labels, at least one
   * @param version which state of the labels that is
   * @param watching how the training is watched
   * @returns the heads; undefined where the learner has no ensemble
   */
  async trainEnsemble(
    { indices, labels }: Labels,
    version: number,
    watching: RecordingOptions,
  ): Promise<readonly H[] | undefined> {
    const { seed, ensemble } = this.settings;
    if (ensemble === undefined) return undefined;
    if (this.#ensemble?.version === version) return this.#ensemble.heads;
    using undo = new ResourceStack();
    const heads: H[] = [];
    for (let member = 0; member < ensemble; member++) {
      const places = bootstrapSample(labels, keyOf(seed, "bootstrap", member));
      // A pool of its own, because labels are given for each sample of a pool once.
      using pool = gatherSamples(this.pool, places.map((place) => indices[place]!));
      const drawn = { indices: places.map((_, i) => i), labels: places.map((i) => labels[i]!) };
      const own = keyOf(seed, "member", member);
      heads.push(undo.use(await this.#trainOne(pool, drawn, own, watching)));
    }
    undo.move();
    this.#ensemble?.heads.forEach((head) => head[dispose]());
    this.#ensemble = { heads, version };
    return heads;
  }

  /** Frees the heads, now or when what is running has ended. */
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
