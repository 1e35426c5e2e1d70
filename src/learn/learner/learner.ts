/**
 * The active learner: a pool, the labels so far with who asked for each, a head and a strategy. It says
 * what to label next, takes the answers, and remembers everything, so that it can be saved, loaded and
 * undone.
 *
 * @module
 */

import type { RecordingOptions } from "../../device/recording.ts";
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
import { classCount, type LearnerSettings, learnerStrategy, settingsOf } from "./settings.ts";
import { type Watched, watchedSamples, watchHead } from "./watched-samples.ts";

/**
 * An active learner on a pool. It frees its head when disposed; the pool remains the caller's.
 *
 * `suggest`, `evaluate`, `predict` and `head` run one after the other, in the order of the calls. Labels may be given
 * while they run: a suggestion then leaves out what was labeled or skipped in the meantime.
 *
 * @example Label the corners of a square
 * ```ts
 * import { ActiveLearner, arrayRows, openDevice, Pool } from "@creel/creel";
 *
 * using device = await openDevice({ device: "cpu" });
 * using pool = await Pool.from(device, arrayRows("square", [[0, 0], [0, 1], [1, 0], [1, 1]]));
 * using learner = await ActiveLearner.create(pool, { classes: ["left", "right"] });
 * learner.label([0, 3], [0, 1]);
 * const { picks } = await learner.suggest(1);
 * learner.skip(picks);
 * console.assert((await learner.suggest(1)).picks[0] !== picks[0]);
 * ```
 */
export class ActiveLearner<H extends LearnerHead = Head> extends LabelLog implements Disposable {
  /** The same as `dispose()`; this is what `using` calls. */
  declare readonly [Symbol.dispose]: () => void;
  readonly #heads: LearnerHeads<H>;
  #watched: number[] | undefined;

  private constructor(
    /** The pool. */
    readonly pool: Pool,
    /** What the learner was told. */
    readonly settings: LearnerSettings,
    private readonly strategy: Strategy,
    private readonly options: LearnerOptions<H>,
    private readonly fingerprint: Fingerprint,
    state?: LearnerState,
  ) {
    super(pool.rows, classCount(settings.classes), state?.events ?? [], options.clock);
    makeDisposable(this);
    this.#heads = new LearnerHeads(pool, settings, options.trainer);
    // Predictions for other samples than those that are watched now are of no use.
    const same = state?.settings.seed === settings.seed && state.settings.watch === settings.watch;
    this.#watched = same && state.watched ? [...state.watched] : undefined;
  }

  /**
   * Starts on a pool without labels.
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
    const settings = settingsOf(options, strategy);
    return new ActiveLearner(pool, settings, strategy, options, await fingerprintOf(pool));
  }

  /**
   * Goes on where a saved learner stood.
   *
   * @param state what `toJSON` gave, also after `JSON.stringify` and `JSON.parse`
   * @param pool the pool that it was saved with, scaled in the same way
   * @param options functions, which are not saved, and settings that should change
   * @throws {InputError} if the state is damaged, was written by a newer version, or belongs to another
   * pool; or an option is out of its range
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
    const settings = settingsOf(options, strategy, checked.settings);
    return new ActiveLearner(pool, settings, strategy, options, fingerprint, checked);
  }

  /** Everything as plain JSON; see {@linkcode ActiveLearner.fromJSON}. */
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
   * Chooses the samples that should be labeled next, with a head that is trained on the labels so far.
   *
   * @param budget how many
   * @param options the strategy of this batch, and how the work is watched
   * @throws {InputError} if there are too few candidates, or the strategy's options are wrong
   * @throws {DeviceError} if the device cannot do it
   */
  suggest(budget: number, options: SuggestOptions = {}): Promise<Suggestion> {
    return this.#heads.inTurn(() => this.#suggest(budget, options));
  }

  /**
   * Measures the head, trained on the labels so far, on samples outside the pool, and remembers it.
   *
   * @param test `[m, d]`: raw features, which are scaled as the learner's pool was; or a pool,
   * which is scaled already
   * @param labels `[m]`, their classes
   * @param options how the training is watched, and what the history says about it
   * @throws {InputError} if nothing is labeled, or features and labels do not fit the pool
   */
  evaluate(
    test: Pool | MatrixInput,
    labels: ArrayLike<number>,
    options: RecordingOptions & ChangeOptions = {},
  ): Promise<Evaluation> {
    return this.#heads.inTurn(async () => {
      const { labels: count } = this.#labeled();
      const head = await this.#train(options);
      const evaluation = await evaluateHead(this.pool, head, test, labels);
      const metrics = { ...evaluation };
      this.append({ kind: "evaluated", labels: count.length, metrics }, options.note);
      return evaluation;
    });
  }

  /**
   * The class probabilities of samples, by the head for the labels so far.
   *
   * @param features `[m, d]`: raw features, which are scaled as the learner's pool was; or a pool,
   * which is scaled already
   * @param options how the training is watched
   * @returns `[m, K]`, row-major
   * @throws {InputError} if nothing is labeled, or the features are not as wide as the pool's
   */
  predict(features: Pool | MatrixInput, options: RecordingOptions = {}): Promise<Float32Array> {
    return this.#heads.inTurn(async () => {
      const head = await this.#train(options);
      return await onScaledRows(this.pool, features, (rows) => predictPool(rows, head));
    });
  }

  /**
   * The head for the labels so far, such as `saveHead` takes where `trainHead` trained it. It is
   * the learner's, and gone once the labels have changed and the learner trains another.
   *
   * @throws {InputError} if nothing is labeled
   */
  head(options: RecordingOptions = {}): Promise<H> {
    return this.#heads.inTurn(() => this.#train(options));
  }

  /** Frees the head, after what is running. */
  dispose(): void {
    this.#heads.dispose();
  }

  async #suggest(budget: number, options: SuggestOptions): Promise<Suggestion> {
    const { settings, candidates, skipped: excluded } = this;
    const { signal, onProgress, sliceMilliseconds } = options;
    const strategy = options.strategy === undefined
      ? this.strategy
      : await strategyOf(options.strategy);
    checkBudget(budget, candidates.length);
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

  /** A selection without what was labeled or skipped while it was made. */
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

  /** In the order of the samples, so that the order in which labels come changes no head. */
  #labeled(): { indices: number[]; labels: number[] } {
    const { labels } = this;
    return { indices: labels.map(({ index }) => index), labels: labels.map(({ label }) => label) };
  }
}

function checkBudget(budget: number, candidates: number): void {
  if (!Number.isInteger(budget) || budget < 1) {
    throw new InputError(
      `The budget must be a whole number of samples, 1 or more: found ${budget}`,
    );
  }
  if (budget <= candidates) return;
  const samples = `${budget} sample${budget === 1 ? "" : "s"}`;
  const are = candidates === 1 ? "is" : "are";
  throw new InputError(
    `Cannot suggest ${samples}: only ${candidates} ${are} neither labeled nor skipped`,
  );
}
