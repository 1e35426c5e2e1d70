/**
 * The part of a learner that needs no device: labels, skipped samples, and their history.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import { type Change, type HistoryEvent, LabelHistory, type LabelRecord } from "./history.ts";
import { progressOf } from "./evaluation.ts";
import type { ChangeOptions, LabelOptions } from "./options.ts";
import type { LearnerProgress } from "./stopping.ts";

/** One sample, or several. */
export type Indices = number | ArrayLike<number>;

/** An event as it comes, before round, strategy and time are known. */
export type Fresh<Event> = Event extends HistoryEvent
  ? Omit<Event, "round" | "strategy" | "time" | "note">
  : never;

/** The labels of a pool, with what led to them. */
export class LabelLog {
  /** The log itself. */
  protected readonly log: LabelHistory;
  #version = 0;

  /**
   * Takes up a log.
   *
   * @param rows n of the pool
   * @param classes K, if it is known
   * @param events what happened before
   * @param clock tells the time
   * @throws {InputError} if the events contradict themselves or the classes
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

  /** How many batches have been suggested. */
  get round(): number {
    return this.log.round;
  }

  /** Everything that happened, in order. */
  get history(): readonly HistoryEvent[] {
    return [...this.log.events];
  }

  /** The labels, in the order of the samples. */
  get labels(): LabelRecord[] {
    return [...this.log.labels.values()].sort((a, b) => a.index - b.index);
  }

  /** The samples that will not be suggested again, in order; a label that one has nevertheless counts. */
  get skipped(): number[] {
    return [...this.log.skipped].sort((a, b) => a - b);
  }

  /** The samples that can be suggested: neither labeled nor skipped. In order. */
  get candidates(): number[] {
    return Array.from({ length: this.rows }, (_, i) => i).filter((i) => this.isCandidate(i));
  }

  /** What stopping rules look at. */
  get progress(): LearnerProgress {
    const { labels, skipped } = this.log;
    const left = [...skipped].filter((index) => !labels.has(index)).length;
    return progressOf(this.log, this.rows - labels.size - left);
  }

  /**
   * Takes labels. A label that a sample has already changes nothing.
   *
   * @param indices one sample or several
   * @param labels the class of each, from 0
   * @param options whether other labels may be replaced
   * @returns how many labels are new; without any, nothing is added to the history
   * @throws {InputError} if an index is not in the pool, a label is no class, or a label contradicts
   * another one; then none of them is taken
   */
  label(indices: Indices, labels: Indices, options: LabelOptions = {}): number {
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
   * Takes labels away, so that the samples may be suggested again.
   *
   * @throws {InputError} if a sample is not in the pool or not labeled; then nothing changes
   */
  unlabel(indices: Indices, options: ChangeOptions = {}): void {
    this.#change({ kind: "unlabeled", indices: this.#distinct("unlabel", indices) }, options);
  }

  /**
   * Never suggests samples again, such as those that nobody can tell. They still count as part of the
   * pool. Skipping one twice is harmless.
   *
   * @throws {InputError} if a sample is not in the pool, or labeled; then nothing changes
   */
  skip(indices: Indices, options: ChangeOptions = {}): void {
    const fresh = this.#distinct("skip", indices).filter((i) => !this.log.skipped.has(i));
    this.#change({ kind: "skipped", indices: fresh }, options);
  }

  /**
   * Puts skipped samples back.
   *
   * @throws {InputError} if a sample is not in the pool or not skipped; then nothing changes
   */
  unskip(indices: Indices, options: ChangeOptions = {}): void {
    this.#change({ kind: "unskipped", indices: this.#distinct("unskip", indices) }, options);
  }

  /**
   * Takes the last change back that has not been taken back: one call of `label`, `unlabel`, `skip` or
   * `unskip`. Suggestions and evaluations are no changes.
   *
   * @returns the change; undefined if there is none left
   */
  undo(options: ChangeOptions = {}): Change | undefined {
    const last = this.log.lastChange;
    if (last) {
      this.append({ kind: "undone" }, options.note);
      this.#version++;
    }
    return last;
  }

  /** Grows with every change of labels: who trained at one version need not train again. */
  protected get version(): number {
    return this.#version;
  }

  /** Whether a sample can be suggested. */
  protected isCandidate(index: number): boolean {
    return !this.log.labels.has(index) && !this.log.skipped.has(index);
  }

  /** Adds an event to the log, with the time and where the learner stands. */
  protected append(
    event: Fresh<HistoryEvent>,
    note: string | undefined,
    at: { readonly round: number; readonly strategy?: string | undefined } = this.log,
  ): void {
    const { kind, ...rest } = event;
    // In the order that a saved event has.
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
