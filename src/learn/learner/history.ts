/**
 * What happened to a pool, as a log of events, and what follows from it: which samples are labeled, how,
 * and who asked. The log only grows; every state is derived from it, so that a learner that is loaded is
 * the learner that was saved.
 *
 * @module
 */

import { InputError } from "../../errors.ts";

/** What every event says. */
export interface EventBase {
  /** How many times samples had been suggested by then. */
  readonly round: number;
  /** The strategy that was asked last; absent before the first suggestion. */
  readonly strategy?: string;
  /** When, as in `2026-11-20T21:42:06.000Z`. */
  readonly time: string;
  /** What the user wrote. */
  readonly note?: string;
}

/** What was known of a head when it was asked for a batch. */
export interface RoundMeasures {
  /** How many samples were labeled. */
  readonly labels: number;
  /** Cohen's kappa of this head and the one before it on the watched samples, at most 1. */
  readonly agreement?: number;
  /** The mean entropy of the watched samples that are not labeled, divided by ln K, 0 to 1. */
  readonly uncertainty?: number;
  /** BAIT's objective `trace(M_S^-1 F)` of the batch. */
  readonly objective?: number;
}

/** A batch was suggested. */
export interface SuggestedEvent extends EventBase {
  /** Which event this is. */
  readonly kind: "suggested";
  /** The strategy that chose it. */
  readonly strategy: string;
  /** The picks, in order. */
  readonly indices: readonly number[];
  /** What was measured for it. */
  readonly measures: RoundMeasures;
}

/** Samples got labels. */
export interface LabeledEvent extends EventBase {
  /** Which event this is. */
  readonly kind: "labeled";
  /** The samples, each once; those that had this label already are left out. */
  readonly indices: readonly number[];
  /** The class of each. */
  readonly labels: readonly number[];
  /** Whether some of them had another label before. */
  readonly relabeled?: true;
}

/** Samples lost their labels, were put aside, or were put back. */
export interface MarkedEvent extends EventBase {
  /** Which event this is. */
  readonly kind: "unlabeled" | "skipped" | "unskipped";
  /** The samples, each once. */
  readonly indices: readonly number[];
}

/** The last change was taken back. */
export interface UndoneEvent extends EventBase {
  /** Which event this is. */
  readonly kind: "undone";
}

/** The head was measured on labeled samples outside the pool. */
export interface EvaluatedEvent extends EventBase {
  /** Which event this is. */
  readonly kind: "evaluated";
  /** How many samples of the pool were labeled. */
  readonly labels: number;
  /** The measures by name. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** An event that `undo` can take back. */
export type Change = LabeledEvent | MarkedEvent;

/** One entry of the log. */
export type HistoryEvent = Change | SuggestedEvent | UndoneEvent | EvaluatedEvent;

/** The kinds of events. */
export const EVENT_KINDS = [
  "suggested",
  "labeled",
  "unlabeled",
  "skipped",
  "unskipped",
  "undone",
  "evaluated",
] as const satisfies readonly HistoryEvent["kind"][];

/** A label and where it comes from. */
export interface LabelRecord {
  /** The sample. */
  readonly index: number;
  /** Its class, from 0. */
  readonly label: number;
  /** The round that asked for it; if none did, the round in which it was given. */
  readonly round: number;
  /** The strategy that asked for it; absent if none did. */
  readonly strategy?: string;
  /** When it was given. */
  readonly time: string;
  /** What the user wrote with it. */
  readonly note?: string;
}

interface Asked {
  readonly round: number;
  readonly strategy: string;
}

/** A change with the records that it makes: who had asked is known only when it happens. */
interface Applied {
  readonly change: Change;
  readonly records: readonly LabelRecord[];
}

/** The log and the state that follows from it. */
export class LabelHistory {
  readonly #events: HistoryEvent[] = [];
  readonly #changes: Applied[] = [];
  readonly #asked = new Map<number, Asked>();
  #labels = new Map<number, LabelRecord>();
  #skipped = new Set<number>();
  #round = 0;
  #strategy: string | undefined;

  /**
   * Starts empty.
   *
   * @param rows n of the pool
   * @param classes K, if it is known
   */
  constructor(private readonly rows: number, private readonly classes: number | undefined) {}

  /** Everything that happened, in order. */
  get events(): readonly HistoryEvent[] {
    return this.#events;
  }

  /** How many batches have been suggested. */
  get round(): number {
    return this.#round;
  }

  /** The strategy that was asked last. */
  get strategy(): string | undefined {
    return this.#strategy;
  }

  /** The labels by sample, in the order in which they were given. */
  get labels(): ReadonlyMap<number, LabelRecord> {
    return this.#labels;
  }

  /** The samples that were put aside; a label that one has nevertheless counts. */
  get skipped(): ReadonlySet<number> {
    return this.#skipped;
  }

  /** The change that {@linkcode undo} would take back. */
  get lastChange(): Change | undefined {
    return this.#changes.at(-1)?.change;
  }

  /**
   * Appends an event and lets it take effect.
   *
   * @throws {InputError} if it does not fit what happened before; nothing is changed then
   */
  append(event: HistoryEvent): void {
    this.#check(event);
    this.#events.push(event);
    if (event.kind === "suggested") {
      this.#round = event.round;
      this.#strategy = event.strategy;
      for (const index of event.indices) this.#asked.set(index, event);
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
   * Checks indices of samples.
   *
   * @param verb what is to be done, for the message
   * @returns them as an array
   * @throws {InputError} if one is outside the pool
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
    const allowed = classes === undefined ? "whole numbers from 0 on" : `0 to ${classes - 1}`;
    throw new InputError(`Cannot label sample ${index} as ${label}: the classes are ${allowed}`);
  }

  #recordsOf(change: Change): LabelRecord[] {
    if (change.kind !== "labeled") return [];
    const { indices, labels, round, time, note } = change;
    return indices.map((index, at) => {
      const asked = this.#asked.get(index);
      return {
        index,
        label: labels[at]!,
        ...(asked ? { round: asked.round, strategy: asked.strategy } : { round }),
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
    const indices = this.checkIndices(verbs[event.kind], event.indices);
    if (new Set(indices).size < indices.length) {
      throw new InputError(`Cannot have a sample twice among those ${event.kind} at once`);
    }
    indices.forEach((index, at) => this.#checkSample(event, index, at));
  }

  #checkSample(event: Change | SuggestedEvent, index: number, at: number): void {
    const known = this.#labels.get(index);
    const refuse = (why: string) => {
      throw new InputError(`Cannot ${verbs[event.kind]} sample ${index}: it is ${why}`);
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

const verbs = {
  suggested: "suggest",
  labeled: "label",
  unlabeled: "unlabel",
  skipped: "skip",
  unskipped: "unskip",
} as const;
