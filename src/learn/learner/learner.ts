/**
 * The active learner: a pool with labels, a head and a strategy, which can be saved and restored.
 *
 * @module
 */

import type { RecordingOptions } from "../../device/recording.ts";
import { throwIfAborted } from "../../device/yielder.ts";
import { makeDisposable } from "../../disposal.ts";
import { InputError } from "../../errors.ts";
import type { Head } from "../../head/head.ts";
import type { MatrixInput } from "../../io/matrix.ts";
import type { Pool } from "../../pool/pool.ts";
import { onScaledRows, predictPool } from "../../pool/predict-rows.ts";
import type { Predictor } from "../../pool/predictions.ts";
import { runStrategy, strategyOf } from "../../select/run-strategy.ts";
import { readsHead } from "../../select/strategy/readings.ts";
import type { SelectedBatch } from "../../select/strategy/selection.ts";
import type { Strategy } from "../../select/strategy/strategy.ts";
import { checkOptions, checkSuggestion } from "./check-calls.ts";
import { coldStartBatch } from "./cold-start.ts";
import { checkState, type LearnerState, STATE_VERSION } from "./state.ts";
import { type Fingerprint, fingerprintDifference, fingerprintOf } from "./fingerprint.ts";
import { evaluateHead } from "./evaluation.ts";
import { LearnerHeads } from "./learner-heads.ts";
import { LabelLog } from "./label-log.ts";
import type {
  ChangeOptions,
  Evaluation,
  LearnerHead,
  LearnerOptions,
  Suggestion,
  SuggestOptions,
} from "./options.ts";
import { classCount, type LearnerSettings, learnerSettings, learnerStrategy } from "./settings.ts";
import { type Watched, watchedSamples, watchHead } from "./watched-samples.ts";

/**
 * An active learner on a pool. Disposing it frees its heads; the caller keeps the pool.
 *
 * `suggest`, `evaluate`, `predict` and `head` run one after the other, in the order of the calls.
 * Samples may be labeled while they run: a suggestion then omits the samples that were labeled or
 * skipped in the meantime.
 *
 * @example Suggest the sample that is nearest to the decision boundary
 * ```ts
 * import { ActiveLearner, arrayRows, openDevice, Pool } from "@creel/creel";
 * import assert from "node:assert/strict";
 *
 * using device = await openDevice({ device: "cpu" });
 * using pool = await Pool.from(device, arrayRows("line", [[-4], [-3], [0], [3], [4]]));
 * using learner = await ActiveLearner.create(pool, { strategy: "margin", classes: 2 });
 * learner.label([0, 4], [0, 1]);
 * const { picks } = await learner.suggest(1);
 * assert.deepEqual(picks, [2]);
 * learner.skip(picks); // or learner.label(picks, [1])
 * assert.notDeepEqual((await learner.suggest(1)).picks, picks);
 * ```
 */
export class ActiveLearner<H extends LearnerHead = Head> extends LabelLog implements Disposable {
  /** Calls `dispose()` at the end of a `using` block. */
  declare readonly [Symbol.dispose]: () => void;
  readonly #heads: LearnerHeads<H>;
  #watched: number[] | undefined;

  private constructor(
    /** The pool of samples. */
    readonly pool: Pool,
    /** The options of the learner, without functions and with defaults. */
    readonly settings: LearnerSettings,
    private readonly strategy: Strategy,
    private readonly options: LearnerOptions<H>,
    private readonly fingerprint: Fingerprint,
    state?: LearnerState,
  ) {
    super(pool.rows, classCount(settings.classes), state?.events ?? [], options.clock);
    makeDisposable(this);
    this.#heads = new LearnerHeads(pool, settings, options.trainer);
    // Saved predictions are useless if other samples are watched now.
    const same = state?.settings.seed === settings.seed && state.settings.watch === settings.watch;
    this.#watched = same && state.watched ? [...state.watched] : undefined;
  }

  /**
   * Creates a learner for a pool without labels.
   *
   * @param pool the features, `[n, d]`; it must outlive the learner
   * @param options see {@linkcode LearnerOptions}
   * @throws {InputError} if an option is out of its range
   */
  static async create<H extends LearnerHead = Head>(
    pool: Pool,
    options: LearnerOptions<H> = {},
  ): Promise<ActiveLearner<H>> {
    const strategy = await learnerStrategy(options);
    const settings = learnerSettings(options, strategy);
    return new ActiveLearner(pool, settings, strategy, options, await fingerprintOf(pool));
  }

  /**
   * Restores a saved learner.
   *
   * @param state the result of `toJSON`, also after `JSON.stringify` and `JSON.parse`
   * @param pool the pool that it was saved with, scaled in the same way
   * @param options functions, which are not saved, and settings to change
   * @throws {InputError} if the state is damaged, was written by a newer version, or belongs to
   * another pool; or an option is out of its range
   */
  static async fromJSON<H extends LearnerHead = Head>(
    state: unknown,
    pool: Pool,
    options: LearnerOptions<H> = {},
  ): Promise<ActiveLearner<H>> {
    const checked = checkState(state);
    const fingerprint = await fingerprintOf(pool);
    const difference = fingerprintDifference(checked.fingerprint, fingerprint);
    if (difference) {
      throw new InputError(`Cannot load the saved learner: it is of another pool: ${difference}`);
    }
    const strategy = await learnerStrategy(options, checked.settings);
    const settings = learnerSettings(options, strategy, checked.settings);
    return new ActiveLearner(pool, settings, strategy, options, fingerprint, checked);
  }

  /** The learner as plain JSON, from which {@linkcode ActiveLearner.fromJSON} restores it. */
  toJSON(): LearnerState {
    return {
      format: "creel-learner",
      version: STATE_VERSION,
      fingerprint: this.fingerprint,
      settings: this.settings,
      events: [...this.log.events],
      ...(this.#watched && { watched: [...this.#watched] }),
    };
  }

  /**
   * Chooses the samples to label next, with a head that is trained on the labels so far.
   *
   * @param budget B, the number of samples, from 1 to the number of candidates
   * @param options the strategy of this batch, a note, the abort signal and the progress callback
   * @throws {InputError} if there are too few candidates, or an option is wrong
   * @throws {DeviceError} if the device runs out of memory, is lost, or cannot run the strategy
   */
  suggest(budget: number, options: SuggestOptions = {}): Promise<Suggestion> {
    return this.#heads.inTurn(() => this.#suggest(budget, options));
  }

  /**
   * Evaluates the head for the labels so far on test samples, and records the result.
   *
   * @param test the test features `[m, d]`: raw features, which are scaled as the pool was; or a
   * pool that is already scaled
   * @param labels the classes of the test samples, `[m]`, whole numbers from 0
   * @param options a note, the abort signal and the progress callback
   * @throws {InputError} if nothing is labeled, or features or labels do not match the pool
   */
  evaluate(
    test: Pool | MatrixInput,
    labels: ArrayLike<number>,
    options: RecordingOptions & ChangeOptions = {},
  ): Promise<Evaluation> {
    return this.#heads.inTurn(async () => {
      checkOptions("evaluate", options);
      const { labels: count } = this.#labeled();
      const head = await this.#train(options);
      const evaluation = await evaluateHead(this.pool, head, test, labels);
      const metrics = { ...evaluation };
      this.append({ kind: "evaluated", labels: count.length, metrics }, options.note);
      return evaluation;
    });
  }

  /**
   * Predicts class probabilities with the head for the labels so far.
   *
   * @example
   * ```ts
   * import { ActiveLearner, arrayRows, openDevice, Pool } from "@creel/creel";
   * import assert from "node:assert/strict";
   *
   * using device = await openDevice({ device: "cpu" });
   * using pool = await Pool.from(device, arrayRows("line", [[-4], [-3], [0], [3], [4]]));
   * using learner = await ActiveLearner.create(pool);
   * learner.label([0, 4], [0, 1]); // classes 0 and 1
   * const [, second] = await learner.predict(arrayRows("new", [[2]]));
   * assert.ok(second! > 0.5);
   * ```
   *
   * @param features the features `[m, d]`: raw features, which are scaled as the pool was; or a
   * pool that is already scaled
   * @param options the abort signal and the progress callback
   * @returns the probabilities `[m, K]`, row-major
   * @throws {InputError} if nothing is labeled, or the pool has another number of features
   */
  predict(features: Pool | MatrixInput, options: RecordingOptions = {}): Promise<Float32Array> {
    return this.#heads.inTurn(async () => {
      checkOptions("predict", options);
      const head = await this.#train(options);
      return await onScaledRows(this.pool, features, (rows) => predictPool(rows, head));
    });
  }

  /**
   * The head for the labels so far, which `saveHead` can save if the learner has no custom trainer.
   * The learner owns the head and disposes it when it trains another one.
   *
   * @param options the abort signal and the progress callback
   * @throws {InputError} if nothing is labeled
   */
  head(options: RecordingOptions = {}): Promise<H> {
    return this.#heads.inTurn(() => {
      checkOptions("head", options);
      return this.#train(options);
    });
  }

  /** Frees the heads, after the running calls have ended. */
  dispose(): void {
    this.#heads.dispose();
  }

  async #suggest(budget: number, options: SuggestOptions): Promise<Suggestion> {
    const { settings, candidates, skipped: excluded } = this;
    checkSuggestion(budget, candidates.length, options);
    throwIfAborted(options.signal, this.pool.device.signal);
    const { signal, onProgress, sliceMilliseconds } = options;
    const strategy = options.strategy === undefined
      ? this.strategy
      : await strategyOf(options.strategy);
    const labeled = this.#labeled();
    const several = new Set(labeled.labels).size > 1;
    const needed = readsHead(strategy);
    const blank = labeled.indices.length === 0;
    const cold = (needed && !several) ||
      (blank && strategy.reads(true).includes("labels"));
    const round = this.round + 1;
    const trains = several && (needed || settings.watch > 0);
    const head = trains ? await this.#train(options) : undefined;
    const reads = strategy.reads(true);
    const averaged = reads.includes("probabilities") || reads.includes("members");
    const memberPredictors = several && averaged
      ? await this.#heads.trainEnsemble(this.#labeled(), this.version, options)
      : undefined;
    const recordingOptions = { signal, onProgress, sliceMilliseconds };
    const selection: SelectedBatch = cold
      ? {
        picks: await coldStartBatch(this.pool, settings.coldStart, {
          ...recordingOptions,
          budget,
          labeled: labeled.indices,
          labels: labeled.labels,
          candidates,
          excluded,
          seed: settings.seed,
          round: round - 1,
          classes: classCount(settings.classes),
          oracle: this.options.oracle,
        }),
      }
      : await runStrategy(this.pool, strategy, {
        ...recordingOptions,
        budget,
        labeled: labeled.indices,
        labels: labeled.labels,
        excluded,
        predictor: needed ? head : undefined,
        memberPredictors,
        oracle: this.options.oracle,
        round: round - 1,
        seed: settings.seed,
      });
    const watched = head && await this.#watch(head, labeled.indices);
    const objective = selection.bait?.objective;
    const measures = {
      labels: labeled.indices.length,
      ...(watched?.agreement !== undefined && { agreement: watched.agreement }),
      ...(watched?.uncertainty !== undefined && { uncertainty: watched.uncertainty }),
      ...(objective !== undefined && Number.isFinite(objective) && { objective }),
    };
    const chosen = cold ? settings.coldStart : strategy.name;
    const kept = this.#stillOpen(selection);
    this.append(
      { kind: "suggested", indices: [...kept.picks], measures },
      options.note,
      { round, strategy: chosen },
    );
    if (watched) this.#watched = watched.predictions;
    return { ...kept, round, strategy: chosen, measures };
  }

  /** A selection without the samples that were labeled or skipped while it ran. */
  #stillOpen(selection: SelectedBatch): SelectedBatch {
    const { picks, scores } = selection;
    const open = picks.flatMap((index, at) => this.isCandidate(index) ? [at] : []);
    if (open.length === picks.length) return selection;
    return {
      ...selection,
      picks: open.map((at) => picks[at]!),
      ...(scores && { scores: open.map((at) => scores[at]!) }),
    };
  }

  async #watch(head: Predictor, labeled: readonly number[]): Promise<Watched | undefined> {
    const { settings: { watch, seed }, pool } = this;
    if (watch === 0) return undefined;
    const samples = watchedSamples(pool.rows, watch, seed);
    const known = new Set(labeled);
    return await watchHead(pool, head, samples, (index) => known.has(index), this.#watched);
  }

  #train(options: RecordingOptions): Promise<H> {
    return this.#heads.train(this.#labeled(), this.version, options);
  }

  /**
   * The labels in the order of the samples, so that a head does not depend on the order of
   * labeling.
   */
  #labeled(): { indices: number[]; labels: number[] } {
    const { labels } = this;
    return { indices: labels.map(({ index }) => index), labels: labels.map(({ label }) => label) };
  }
}
