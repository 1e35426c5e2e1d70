/**
 * The history of a learner as a log of events, and the state that follows from it: which samples
 * are labeled, with which class, in which round and by which strategy. The log only grows, and
 * every state is derived from it, so that a loaded learner equals the saved one.
 *
 * @module
 */

import { InputError } from "../../errors.ts";

/** The properties of all events. */
export interface EventBase {
  /** The number of batches that had been suggested at the time. */
  readonly round: number;
  /** The strategy of the last suggestion; absent before the first one. */
  readonly strategy?: string;
  /** The time in ISO 8601, such as `2026-11-20T21:42:06.000Z`. */
  readonly time: string;
  /** The note that was passed with the call. */
  readonly note?: string;
}

/** The measurements that are taken when a batch is suggested. */
export interface RoundMeasures {
  /** The number of labeled samples. */
  readonly labels: number;
  /**
   * Cohen's kappa between the predictions of this head and the previous one on the watched samples
   * that are not labeled, at most 1.
   */
  readonly agreement?: number;
  /**
   * The mean entropy of the predictions for the watched samples that are not labeled, divided by ln
   * K: 0 to 1.
   */
  readonly uncertainty?: number;
  /** The objective `trace(M_S^-1 F)` of the batch, for `bait`. */
  readonly objective?: number;
}

/** The event that a batch was suggested. */
export interface SuggestedEvent extends EventBase {
  /** The kind of the event. */
  readonly kind: "suggested";
  /** The strategy that chose the batch. */
  readonly strategy: string;
  /** The indices of the suggested samples, in the order of the picks. */
  readonly indices: readonly number[];
  /** The measurements of the round. */
  readonly measures: RoundMeasures;
}

/** The event that samples were labeled. */
export interface LabeledEvent extends EventBase {
  /** The kind of the event. */
  readonly kind: "labeled";
  /** The indices of the samples, each once, without those that already had the label. */
  readonly indices: readonly number[];
  /** The class of each sample, a whole number from 0. */
  readonly labels: readonly number[];
  /** Whether some of the samples had another label before. */
  readonly relabeled?: true;
}

/** The event that samples lost their labels, were skipped, or are no longer skipped. */
export interface MarkedEvent extends EventBase {
  /** The kind of the event. */
  readonly kind: "unlabeled" | "skipped" | "unskipped";
  /** The indices of the samples, each once. */
  readonly indices: readonly number[];
}

/** The event that the last change was undone. */
export interface UndoneEvent extends EventBase {
  /** The kind of the event. */
  readonly kind: "undone";
}

/** The event that the head was evaluated on test samples. */
export interface EvaluatedEvent extends EventBase {
  /** The kind of the event. */
  readonly kind: "evaluated";
  /** The number of labeled samples of the pool. */
  readonly labels: number;
  /** The metrics by name, such as `accuracy`. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** An event that `undo` can revert. */
export type Change = LabeledEvent | MarkedEvent;

/** One entry of the log. */
export type HistoryEvent = Change | SuggestedEvent | UndoneEvent | EvaluatedEvent;

/** The kinds of all events. */
export const EVENT_KINDS = [
  "suggested",
  "labeled",
  "unlabeled",
  "skipped",
  "unskipped",
  "undone",
  "evaluated",
] as const satisfies readonly HistoryEvent["kind"][];

/** A label with its origin. */
export interface LabelRecord {
  /** The index of the sample. */
  readonly index: number;
  /** The class of the sample, a whole number from 0. */
  readonly label: number;
  /** The round that suggested the sample; if none did, the round in which it was labeled. */
  readonly round: number;
  /** The strategy that suggested the sample; absent if none did. */
  readonly strategy?: string;
  /** The time at which the sample was labeled, in ISO 8601. */
  readonly time: string;
  /** The note that was passed with the label. */
  readonly note?: string;
}

/** The suggestion of a sample. */
interface Origin {
  readonly round: number;
  readonly strategy: string;
}

/** A change with the label records that it created, which depend on the suggestions before it. */
interface Applied {
  readonly change: Change;
  readonly records: readonly LabelRecord[];
}

/** The log of events, and the state that follows from it. */
export class LabelHistory {
  readonly #events: HistoryEvent[] = [];
  readonly #changes: Applied[] = [];
  readonly #origins = new Map<number, Origin>();
  #labels = new Map<number, LabelRecord>();
  #skipped = new Set<number>();
  #round = 0;
  #strategy: string | undefined;

  /**
   * Creates an empty history.
   *
   * @param rows n, the number of samples in the pool
   * @param classes K, if it is known
   */
  constructor(private readonly rows: number, readonly classes: number | undefined) {}

  /** All events, in order. */
  get events(): readonly HistoryEvent[] {
    return this.#events;
  }

  /** The number of batches that have been suggested. */
  get round(): number {
    return this.#round;
  }

  /** The strategy of the last suggestion; undefined before the first one. */
  get strategy(): string | undefined {
    return this.#strategy;
  }

  /** The labels by the index of the sample, in the order in which they were given. */
  get labels(): ReadonlyMap<number, LabelRecord> {
    return this.#labels;
  }

  /** The indices of the skipped samples, which may still have labels. */
  get skipped(): ReadonlySet<number> {
    return this.#skipped;
  }

  /** The change that `undo` would revert; undefined if there is none. */
  get lastChange(): Change | undefined {
    return this.#changes.at(-1)?.change;
  }

  /**
   * Appends an event and updates the state.
   *
   * @throws {InputError} if the event contradicts the events before it; then nothing changes
   */
  append(event: HistoryEvent): void {
    this.#check(event);
    this.#events.push(event);
    if (event.kind === "suggested") {
      this.#round = event.round;
      this.#strategy = event.strategy;
      for (const index of event.indices) this.#origins.set(index, event);
    } else if (event.kind === "undone") {
      this.#changes.pop();
      this.#labels = new Map();
      this.#skipped = new Set();
      for (const applied of this.#changes) this.#apply(applied);
    } else if (event.kind !== "evaluated") {
      const applied = { change: event, records: this.#recordsOf(event) };
      this.#changes.push(applied);
      this.#apply(applied);
    }
  }

  /**
   * Checks the indices of samples.
   *
   * @param verb the attempted action, for the message
   * @param indices the indices
   * @returns the indices as an array
   * @throws {InputError} if an index is outside the pool
   */
  checkIndices(verb: string, indices: ArrayLike<number>): number[] {
    const { rows } = this;
    return Array.from(indices, (index) => {
      if (Number.isInteger(index) && index >= 0 && index < rows) return index;
      throw new InputError(
        `Cannot ${verb} sample ${index}: the pool has ${rows} samples, 0 to ${rows - 1}`,
      );
    });
  }

  /**
   * Checks a label.
   *
   * @throws {InputError} if it is no class
   */
  checkLabel(index: number, label: number): void {
    const { classes } = this;
    if (Number.isSafeInteger(label) && label >= 0 && label < (classes ?? Infinity)) return;
    if (typeof label === "object") {
      throw new InputError(
        `Cannot label sample ${index} as ${label}: in a learner a sample has one class; select takes ` +
          "a matrix of labels for several",
      );
    }
    const allowed = classes === undefined ? "whole numbers from 0 on" : `0 to ${classes - 1}`;
    throw new InputError(`Cannot label sample ${index} as ${label}: the classes are ${allowed}`);
  }

  #recordsOf(change: Change): LabelRecord[] {
    if (change.kind !== "labeled") return [];
    const { indices, labels, round, time, note } = change;
    return indices.map((index, at) => {
      const origin = this.#origins.get(index);
      return {
        index,
        label: labels[at]!,
        ...(origin ? { round: origin.round, strategy: origin.strategy } : { round }),
        time,
        ...(note !== undefined && { note }),
      };
    });
  }

  #apply({ change, records }: Applied): void {
    for (const record of records) this.#labels.set(record.index, record);
    for (const index of change.indices) {
      if (change.kind === "unlabeled") this.#labels.delete(index);
      else if (change.kind === "skipped") this.#skipped.add(index);
      else if (change.kind === "unskipped") this.#skipped.delete(index);
    }
  }

  #check(event: HistoryEvent): void {
    const expected = this.#round + (event.kind === "suggested" ? 1 : 0);
    if (event.round !== expected) {
      throw new InputError(
        `Cannot have round ${event.round} in a history that is at round ${this.#round}`,
      );
    }
    if (event.kind === "undone") {
      if (this.#changes.length === 0) throw new InputError("Cannot undo: nothing was changed");
      return;
    }
    if (event.kind === "evaluated") return;
    const indices = this.checkIndices(VERBS[event.kind], event.indices);
    if (new Set(indices).size < indices.length) {
      throw new InputError(`Cannot have a sample twice among those ${event.kind} at once`);
    }
    indices.forEach((index, at) => this.#checkSample(event, index, at));
  }

  #checkSample(event: Change | SuggestedEvent, index: number, at: number): void {
    const known = this.#labels.get(index);
    const refuse = (why: string) => {
      throw new InputError(`Cannot ${VERBS[event.kind]} sample ${index}: it is ${why}`);
    };
    if (event.kind === "labeled") {
      const label = event.labels[at]!;
      this.checkLabel(index, label);
      if (known && known.label !== label && !event.relabeled) {
        refuse(`labeled ${known.label} already, and ${label} contradicts that`);
      }
    } else if (event.kind === "unlabeled") {
      if (!known) refuse("not labeled");
    } else if (event.kind === "unskipped") {
      if (!this.#skipped.has(index)) refuse("not skipped");
    } else if (known) refuse("labeled");
    else if (event.kind === "suggested" && this.#skipped.has(index)) refuse("skipped");
  }
}

/** The verbs of messages, by the kind of the event. */
const VERBS = {
  suggested: "suggest",
  labeled: "label",
  unlabeled: "unlabel",
  skipped: "skip",
  unskipped: "unskip",
} as const;
