/**
 * A learner as plain JSON, for every platform, and the check of such JSON: any input results in a
 * valid state or in an error of one sentence.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import { type Fingerprint, fingerprintLengths } from "./fingerprint.ts";
import { EVENT_KINDS, type HistoryEvent, LabelHistory, type RoundMeasures } from "./history.ts";
import { COLD_STARTS, type ColdStart } from "./options.ts";
import { classCount, type LearnerSettings } from "./settings.ts";
import { fromVersion1 } from "./state-version-1.ts";

/** The version of the format that is written; all versions up to it can be read. */
export const STATE_VERSION = 2;

/** A learner as plain JSON. */
export interface LearnerState {
  /** The name of the format. */
  readonly format: "creel-learner";
  /** The version of the format. */
  readonly version: number;
  /** The fingerprint of the pool. */
  readonly fingerprint: Fingerprint;
  /** The settings of the learner. */
  readonly settings: LearnerSettings;
  /** All events, in order. */
  readonly events: readonly HistoryEvent[];
  /** The class that the last head predicted for each watched sample. */
  readonly watched?: readonly number[];
}

/**
 * Checks a state that was read from a file or another source.
 *
 * @param value any value, such as a result of `JSON.parse`
 * @param name how messages call the state
 * @returns the state with its properties in a fixed order, without additional ones
 * @throws {InputError} if the value is no state, was written by a newer version, or contradicts
 * itself
 */
export function checkState(value: unknown, name = "the saved learner"): LearnerState {
  const state = record(value);
  if (state.format !== "creel-learner") {
    throw new InputError(`Cannot load ${name}: it is no saved learner of Creel`);
  }
  const version = state.version;
  if (typeof version === "number" && version > STATE_VERSION) throw newerVersion(name, version);
  try {
    demand(version === 1 || version === STATE_VERSION, `version ${version} is unknown`);
    const fingerprint = checkFingerprint(record(state.fingerprint));
    const modern = version === 1 ? fromVersion1 : (entry: Values) => entry;
    const settings = checkSettings(record(state.settings), modern);
    demand(Array.isArray(state.events), "its events are missing");
    const history = new LabelHistory(fingerprint.rows, classCount(settings.classes));
    (state.events as unknown[]).forEach((entry, at) => {
      try {
        history.append(checkEvent(modern(record(entry))));
      } catch (error) {
        throw new InputError(`event ${at}: ${(error as Error).message}`);
      }
    });
    const { watched } = state;
    if (watched !== undefined) demand(isArrayOf(watched, isCount), "watched is no list of classes");
    return {
      format: "creel-learner",
      version: STATE_VERSION,
      fingerprint,
      settings,
      events: [...history.events],
      ...(watched !== undefined && { watched: watched as number[] }),
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`Cannot load ${name}: it is damaged (${error.message})`);
  }
}

/** The error for a save that was written by a newer version. */
export function newerVersion(name: string, version: number): InputError {
  return new InputError(
    `Cannot load ${name}: it has version ${version} of the format and was written by a newer Creel; ` +
      `this one reads up to version ${STATE_VERSION}`,
  );
}

function checkFingerprint(value: Values): Fingerprint {
  const { rows, columns, storage, sums, sizes } = value;
  demand(isCount(rows) && rows > 0 && isCount(columns) && columns > 0, "its pool has no shape");
  demand(storage === "f32" || storage === "f16", `storage ${storage} is unknown`);
  const lengths = fingerprintLengths(rows as number);
  const complete = isArrayOf(sums, Number.isFinite) && sums.length === lengths.sums &&
    isArrayOf(sizes, Number.isFinite) && sizes.length === lengths.sizes;
  demand(complete, "the fingerprint of its pool is not complete");
  return { rows, columns, storage, sums, sizes } as Fingerprint;
}

function checkSettings(
  value: Values,
  modern: (entry: Values) => Values,
): LearnerSettings {
  const { strategy, strategyOptions, coldStart, classes, seed, watch, ensemble } = value;
  demand(typeof strategy === "string" && strategy !== "", "its strategy has no name");
  demand(areOptions(strategyOptions), "the options of its strategy are no values by name");
  demand(COLD_STARTS.includes(coldStart as ColdStart), `cold start ${coldStart} is unknown`);
  const named = isArrayOf(classes, (name) => typeof name === "string");
  demand(classes === undefined || isCount(classes) || named, "its classes are no number or names");
  demand(Number.isSafeInteger(seed) && isCount(watch), "seed or watch is no whole number");
  demand(ensemble === undefined || isCount(ensemble), "its ensemble is no whole number");
  return {
    strategy,
    strategyOptions: modern(record(strategyOptions)),
    coldStart,
    ...(classes !== undefined && { classes }),
    seed,
    watch,
    ...(ensemble !== undefined && { ensemble }),
  } as LearnerSettings;
}

/** Checks one event by itself; {@linkcode LabelHistory} checks that it fits the others. */
function checkEvent(value: Values): HistoryEvent {
  const { kind, round, strategy, time, note, indices, labels, relabeled, measures, metrics } =
    value;
  demand((EVENT_KINDS as readonly unknown[]).includes(kind), `kind ${kind} is unknown`);
  demand(isCount(round), "its round is no whole number");
  demand(strategy === undefined || typeof strategy === "string", "its strategy is no text");
  demand(typeof time === "string" && !Number.isNaN(Date.parse(time)), `time ${time} is no time`);
  demand(note === undefined || typeof note === "string", "its note is no text");
  const base = {
    kind,
    round,
    ...(strategy !== undefined && { strategy }),
    time,
    ...(note !== undefined && { note }),
  };
  if (kind === "undone") return base as HistoryEvent;
  if (kind === "evaluated") {
    demand(isCount(labels) && isNumbers(metrics), "its metrics are no numbers");
    return { ...base, labels, metrics } as HistoryEvent;
  }
  demand(isArrayOf(indices, isCount), "its indices are no whole numbers");
  if (kind === "suggested") {
    demand(strategy !== undefined, "its strategy is missing");
    demand(isNumbers(measures) && isCount(measures.labels), "its measures are no numbers");
    const { labels, agreement, uncertainty, objective } = measures as Partial<RoundMeasures>;
    const kept = {
      labels,
      ...(agreement !== undefined && { agreement }),
      ...(uncertainty !== undefined && { uncertainty }),
      ...(objective !== undefined && { objective }),
    };
    return { ...base, indices, measures: kept } as HistoryEvent;
  }
  if (kind !== "labeled") return { ...base, indices } as HistoryEvent;
  const fits = isArrayOf(labels, isCount) && labels.length === (indices as number[]).length;
  demand(fits, "its labels do not fit its indices");
  return { ...base, indices, labels, ...(relabeled === true && { relabeled }) } as HistoryEvent;
}

type Values = Readonly<Record<string, unknown>>;

function record(value: unknown): Values {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Values
    : {};
}

function demand(condition: boolean, problem: string): void {
  if (!condition) throw new InputError(problem);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isArrayOf(value: unknown, test: (item: unknown) => boolean): value is unknown[] {
  return Array.isArray(value) && value.every(test);
}

function areOptions(value: unknown): boolean {
  const isValue = (one: unknown) => ["number", "string", "boolean"].includes(typeof one);
  return value === record(value) && Object.values(value as Values).every(isValue);
}

function isNumbers(value: unknown): value is Record<string, number> {
  const values = Object.values(record(value));
  return value === record(value) && values.every(Number.isFinite);
}
