/**
 * What the page shows of a learner, derived from its history.
 *
 * @module
 */

import type { HistoryEvent, LabelLog } from "../creel.ts";
import type { CurvePoint, Snapshot } from "./protocol.ts";

/** The note of the event that holds samples out, which cannot be undone. */
export const HELD_OUT_NOTE = "held out to measure the accuracy";

/** The note of labels that came with the file, which cannot be undone. */
export const GIVEN_NOTE = "labeled in the file";

/** Summarizes a learner. */
export function snapshotOf(learner: LabelLog): Snapshot {
  const { history, labels, round } = learner;
  const heldOut = new Set(heldOutIn(history));
  const batch = history.findLast((event) => event.kind === "suggested");
  return {
    labels: labels.map(({ index, label, round, strategy, time }) => ({
      row: index,
      label,
      round,
      strategy,
      time,
    })),
    skipped: learner.skipped.filter((row) => !heldOut.has(row)),
    candidates: learner.progress.candidates,
    batch: batch?.indices ?? [],
    round,
    curve: curveOf(history),
    canUndo: canUndo(history),
  };
}

/** The samples that are held out. */
export function heldOutIn(history: readonly HistoryEvent[]): readonly number[] {
  const event = history.find(({ note }) => note === HELD_OUT_NOTE);
  return event?.kind === "skipped" ? event.indices : [];
}

/** Whether the person changed anything that is not undone yet. */
export function canUndo(history: readonly HistoryEvent[]): boolean {
  let changes = 0;
  for (const { kind, note } of history) {
    if (kind === "undone") changes--;
    else if (kind !== "suggested" && kind !== "evaluated" && !isGiven(note)) changes++;
  }
  return changes > 0;
}

function isGiven(note: string | undefined): boolean {
  return note === HELD_OUT_NOTE || note === GIVEN_NOTE;
}

/** The accuracy by the number of labels; a later evaluation with as many labels replaces one. */
function curveOf(history: readonly HistoryEvent[]): CurvePoint[] {
  const points = new Map<number, number>();
  for (const event of history) {
    const accuracy = event.kind === "evaluated" ? event.metrics["accuracy"] : undefined;
    if (event.kind === "evaluated" && accuracy !== undefined) points.set(event.labels, accuracy);
  }
  return [...points].sort(([a], [b]) => a - b).map(([labels, accuracy]) => ({ labels, accuracy }));
}
