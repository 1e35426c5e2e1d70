/**
 * The part of a learner that needs no device: labels, skipped samples, and their history.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import { checkPlausible } from "../../head/labeled.ts";
import { type Change, type HistoryEvent, LabelHistory, type LabelRecord } from "./history.ts";
import { progressOf } from "./evaluation.ts";
import { checkOptions } from "./check-calls.ts";
import type { ChangeOptions, LabelOptions } from "./options.ts";
import type { LearnerProgress } from "./stopping.ts";

/** The index of one sample, or an array of several. */
export type Indices = number | ArrayLike<number>;

/** An event without the properties that the log adds: round, strategy, time and note. */
export type Fresh<Event> = Event extends HistoryEvent
  ? Omit<Event, "round" | "strategy" | "time" | "note">
  : never;

/** The labels of a pool and their history. `ActiveLearner` extends this class. */
export class LabelLog {
  /** The history. */
  protected readonly log: LabelHistory;
  #version = 0;

  /**
   * Creates a log from earlier events.
   *
   * @param rows n, the number of samples in the pool
   * @param classes K, if it is known
   * @param events the events of an earlier log
   * @param clock returns the current time
   * @throws {InputError} if the events contradict each other or the classes
   */
  constructor(
    private readonly rows: number,
    classes: number | undefined,
    events: readonly HistoryEvent[],
    private readonly clock: () => Date = () => new Date(),
  ) {
    this.log = new LabelHistory(rows, classes);
    for (const event of events) this.log.append(event);
  }

  /** The number of batches that have been suggested. */
  get round(): number {
    return this.log.round;
  }

  /** All events, in order. */
  get history(): readonly HistoryEvent[] {
    return [...this.log.events];
  }

  /** The labels, in the order of the samples. */
  get labels(): LabelRecord[] {
    return [...this.log.labels.values()].sort((a, b) => a.index - b.index);
  }

  /** The indices of the skipped samples, in ascending order; they may still have labels. */
  get skipped(): number[] {
    return [...this.log.skipped].sort((a, b) => a - b);
  }

  /**
   * The indices of the samples that can be suggested, in ascending order: neither labeled nor
   * skipped.
   */
  get candidates(): number[] {
    return Array.from({ length: this.rows }, (_, i) => i).filter((i) => this.isCandidate(i));
  }

  /** The input of stopping rules: the number of labels and what was measured in each round. */
  get progress(): LearnerProgress {
    const { labels, skipped } = this.log;
    const left = [...skipped].filter((index) => !labels.has(index)).length;
    return progressOf(this.log, this.rows - labels.size - left);
  }

  /**
   * Labels samples. Labeling a sample again with the same class changes nothing.
   *
   * @param indices one sample or several
   * @param labels the class of each sample, whole numbers from 0
   * @param options whether existing labels may be replaced, and a note
   * @returns the number of samples whose label is new; if it is 0, nothing is added to the history
   * @throws {InputError} if an index is outside the pool, a label is no class, or a label
   * contradicts an existing one; then nothing changes
   */
  label(indices: Indices, labels: Indices, options: LabelOptions = {}): number {
    checkOptions("label", options);
    const given = this.log.checkIndices("label", listOf(indices));
    const classes = listOf(labels);
    if (given.length !== classes.length) {
      throw new InputError(`Cannot give ${classes.length} labels to ${given.length} samples`);
    }
    const said = new Map<number, number>();
    const fresh = new Map<number, number>();
    let relabeled: true | undefined;
    given.forEach((index, at) => {
      const label = classes[at]!;
      this.log.checkLabel(index, label);
      if (this.log.classes === undefined) {
        const count = this.log.labels.size + given.length;
        checkPlausible(label, count, `Cannot label sample ${index} as ${label}`);
      }
      const other = said.get(index) ?? label;
      if (other !== label) {
        throw new InputError(`Cannot label sample ${index} as both ${other} and ${label}`);
      }
      said.set(index, label);
      const known = this.log.labels.get(index);
      if (known?.label === label) return;
      if (known && !options.relabel) {
        throw new InputError(
          `Cannot label sample ${index} as ${label}: it is labeled ${known.label} since ` +
            `${known.time} (round ${known.round}), and relabel replaces that`,
        );
      }
      if (known) relabeled = true;
      fresh.set(index, label);
    });
    if (fresh.size === 0) return 0;
    this.#change({
      kind: "labeled",
      indices: [...fresh.keys()],
      labels: [...fresh.values()],
      ...(relabeled ? { relabeled } : {}),
    }, options);
    return fresh.size;
  }

  /**
   * Removes the labels of samples, so that they can be suggested again.
   *
   * @throws {InputError} if a sample is outside the pool or not labeled; then nothing changes
   */
  unlabel(indices: Indices, options: ChangeOptions = {}): void {
    checkOptions("unlabel", options);
    this.#change({ kind: "unlabeled", indices: this.#distinct("unlabel", indices) }, options);
  }

  /**
   * Excludes samples from suggestions, such as those that nobody can label. They still count as
   * part of the pool. Skipping a sample again changes nothing.
   *
   * @throws {InputError} if a sample is outside the pool or labeled; then nothing changes
   */
  skip(indices: Indices, options: ChangeOptions = {}): void {
    checkOptions("skip", options);
    const fresh = this.#distinct("skip", indices).filter((i) => !this.log.skipped.has(i));
    this.#change({ kind: "skipped", indices: fresh }, options);
  }

  /**
   * Makes skipped samples available for suggestions again.
   *
   * @throws {InputError} if a sample is outside the pool or not skipped; then nothing changes
   */
  unskip(indices: Indices, options: ChangeOptions = {}): void {
    checkOptions("unskip", options);
    this.#change({ kind: "unskipped", indices: this.#distinct("unskip", indices) }, options);
  }

  /**
   * Reverts the last change that has not been reverted: one call of `label`, `unlabel`, `skip` or
   * `unskip`. Suggestions and evaluations are not changes.
   *
   * @returns the change; undefined if there is none left
   */
  undo(options: ChangeOptions = {}): Change | undefined {
    checkOptions("undo", options);
    const last = this.log.lastChange;
    if (last) {
      this.append({ kind: "undone" }, options.note);
      this.#version++;
    }
    return last;
  }

  /**
   * A number that grows with every change of the labels, so that a head trained for one version can
   * be reused.
   */
  protected get version(): number {
    return this.#version;
  }

  /** Whether a sample can be suggested. */
  protected isCandidate(index: number): boolean {
    return !this.log.labels.has(index) && !this.log.skipped.has(index);
  }

  /** Appends an event to the log, with the time, the round and the strategy. */
  protected append(
    event: Fresh<HistoryEvent>,
    note: string | undefined,
    at: { readonly round: number; readonly strategy?: string | undefined } = this.log,
  ): void {
    const { kind, ...rest } = event;
    // The order of the properties is that of saved events.
    this.log.append({
      kind,
      round: at.round,
      ...(at.strategy !== undefined && { strategy: at.strategy }),
      time: this.clock().toISOString(),
      ...(note !== undefined && { note }),
      ...rest,
    } as HistoryEvent);
  }

  #distinct(verb: string, indices: Indices): number[] {
    return [...new Set(this.log.checkIndices(verb, listOf(indices)))];
  }

  #change(change: Fresh<Change>, { note }: ChangeOptions): void {
    if (change.indices.length === 0) return;
    this.append(change, note);
    if (change.kind === "labeled" || change.kind === "unlabeled") this.#version++;
  }
}

function listOf(values: Indices): ArrayLike<number> {
  return typeof values === "number" ? [values] : values;
}
