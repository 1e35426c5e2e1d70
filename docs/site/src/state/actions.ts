/**
 * What a person can do. Changes are made one after the other: a key is read when the label of the
 * key before it is in the storage.
 *
 * @module
 */

import { batch } from "@preact/signals";
import { proxy, type Remote } from "comlink";
import { text } from "../text.ts";
import type { Engine } from "../worker/engine.ts";
import type { Note, Snapshot } from "../worker/protocol.ts";
import { askedFor } from "./address.ts";
import { drawRandomCurve } from "./random.ts";
import * as store from "./store.ts";
import { announceChange, type Hold, holdProject, onChangesElsewhere } from "./tabs.ts";
import { startEngine } from "./workers.ts";

let engine: Remote<Engine> | undefined;
let hold: Hold | undefined;
let queue: Promise<unknown> = Promise.resolve();

/** The worker, for the calls that change nothing. */
export function theEngine(): Remote<Engine> {
  return engine ??= startEngine((reason) => fail(new Error(text.crashed(reason))));
}

/**
 * Opens a project, and shows its next batch.
 *
 * @param id the key of the project
 * @param steal whether to take it over from another tab
 */
export async function openProject(id: string, steal = false): Promise<void> {
  store.phase.value = "opening";
  await hold?.release();
  const mine = hold = await holdProject(id, steal, () => lose());
  if (!mine.held) return lose();
  try {
    const opened = await theEngine().open(id, askedFor(location.search).device, proxy(listen));
    batch(() => {
      store.opened.value = opened;
      store.device.value = opened.device;
      store.extra.value = [];
      store.pending.value = new Map();
      store.randomCurve.value = [];
      store.phase.value = "ready";
      show(opened.snapshot);
    });
    if (steal) announceChange(id);
    await continueLabeling();
    drawRandomCurve(opened);
  } catch (error) {
    fail(error);
  }
}

/** Waits for other tabs. */
export function watchTabs(): void {
  onChangesElsewhere((id) => {
    if (store.phase.value === "elsewhere") store.notice.value = undefined;
    if (store.opened.value?.project.id === id && hold?.held === false) lose();
  });
}

/** Labels the current sample. */
export function labelCurrent(label: number): Promise<void> {
  return inTurn(async () => {
    const row = store.cursor.value;
    if (row === undefined || label >= store.classes.value.length) return;
    const known = store.labelOf.value.get(row);
    if (known === label) return moveOn(row);
    batch(() => {
      store.pending.value = new Map([[row, label]]);
      store.spoken.value = text.labeled(row, store.classes.value[label]!);
      moveOn(row);
    });
    try {
      show(await theEngine().label([row], label, known !== undefined));
    } finally {
      store.pending.value = new Map();
    }
    changed();
  });
}

/** Labels a sample that was dropped on a class. */
export function labelDropped(row: number, label: number): Promise<void> {
  select(row);
  return labelCurrent(label);
}

/** Labels several samples at once. */
export function labelGroup(rows: readonly number[], label: number): Promise<void> {
  return inTurn(async () => {
    show(await theEngine().label(rows, label));
    store.spoken.value = text.labeledGroup(rows.length, store.classes.value[label]!);
    changed();
  });
}

/** Skips the current sample. */
export function skipCurrent(): Promise<void> {
  return inTurn(async () => {
    const row = store.cursor.value;
    if (row === undefined || store.labelOf.value.has(row) || store.skipped.value.has(row)) return;
    moveOn(row);
    show(await theEngine().skip([row]));
    store.spoken.value = text.skippedRow(row);
    changed();
  });
}

/** Reverts the last change. */
export function undo(): Promise<void> {
  return inTurn(async () => {
    const { rows, snapshot } = await theEngine().undo();
    if (rows.length === 0) return;
    batch(() => {
      const back = rows.filter((row) => !snapshot.batch.includes(row));
      store.extra.value = [...new Set([...back, ...store.extra.value])];
      show(snapshot);
      store.cursor.value = rows[0];
      store.spoken.value = text.undone;
      if (store.phase.value === "done") store.phase.value = "ready";
    });
    announce();
  });
}

/** Makes a sample the one that the next key labels. */
export function select(row: number): void {
  batch(() => {
    if (!store.table.value.includes(row)) store.extra.value = [row, ...store.extra.value];
    store.cursor.value = row;
  });
}

/** Moves to a sample before or behind the current one. */
export function move(steps: number): void {
  const table = store.table.value;
  const at = table.indexOf(store.cursor.value ?? -1);
  const next = Math.min(Math.max(at + steps, 0), table.length - 1);
  if (table.length > 0) store.cursor.value = table[next];
}

/** Gives a labeled sample another class. */
export function relabel(row: number, label: number): Promise<void> {
  return inTurn(async () => {
    show(await theEngine().label([row], label, true));
    store.spoken.value = text.labeled(row, store.classes.value[label]!);
    announce();
  });
}

/**
 * Lets the oracle label batches.
 *
 * @param count the number of labels to add
 */
export async function runOracle(count: number): Promise<void> {
  if (store.oracle.value || store.phase.value !== "ready") return;
  store.oracle.value = true;
  const target = store.labelCount.value + count;
  try {
    while (store.oracle.value && store.labelCount.value < target && store.open.value.length > 0) {
      store.extra.value = [];
      show(await theEngine().askOracle());
      announce();
      await nextBatch();
    }
  } catch (error) {
    fail(error);
  } finally {
    store.oracle.value = false;
  }
}

/** Stops the oracle after its batch. */
export function stopOracle(): void {
  store.oracle.value = false;
}

/** Retrains and chooses again, when nothing is left on the table. */
export async function continueLabeling(): Promise<void> {
  if (store.open.value.length > 0 || store.phase.value !== "ready") return;
  try {
    await nextBatch();
  } catch (error) {
    fail(error);
  }
}

/** Shows a sentence about an error. */
export function fail(error: unknown): void {
  if (store.phase.value === "elsewhere") return;
  if (error instanceof Error && error.name === "ElsewhereError") return lose();
  const message = error instanceof Error ? error.message : String(error);
  const canceled = error instanceof Error && error.name === "AbortError";
  batch(() => {
    if (!canceled) store.notice.value = { error: true, text: message };
    store.progress.value = undefined;
    if (store.phase.value === "opening") store.phase.value = "failed";
    else store.phase.value = "ready";
  });
}

/** Shows a snapshot. */
export function show(snapshot: Snapshot): void {
  batch(() => {
    store.snapshot.value = snapshot;
    store.extra.value = store.extra.value.filter((row) => !snapshot.batch.includes(row));
    const current = store.cursor.value;
    if (current === undefined || !store.table.value.includes(current)) {
      store.cursor.value = store.open.value[0] ?? store.table.value[0];
    }
  });
}

async function nextBatch(): Promise<void> {
  store.phase.value = "training";
  show(await theEngine().evaluate());
  store.phase.value = "choosing";
  const snapshot = await theEngine().suggest();
  batch(() => {
    const before = store.snapshot.value.round;
    const labels = store.labelOf.value;
    store.extra.value = store.extra.value.filter((row) => !labels.has(row));
    show(snapshot);
    store.progress.value = undefined;
    store.phase.value = store.open.value.length > 0 ? "ready" : "done";
    if (snapshot.round > before) {
      store.cursor.value = store.open.value[0];
      store.spoken.value = text.newBatch(snapshot.batch.length);
    }
  });
  announce();
}

/** After a change: tells other tabs, and goes on with the next batch when this one is finished. */
function changed(): void {
  announce();
  void continueLabeling();
}

function announce(): void {
  const id = store.opened.value?.project.id;
  if (id !== undefined) announceChange(id);
}

/** Moves to the next open sample behind a row, or to the first one. */
function moveOn(row: number): void {
  const { table, open } = store;
  const at = table.value.indexOf(row);
  const left = open.value.filter((other) => other !== row);
  store.cursor.value = left.find((other) => table.value.indexOf(other) > at) ?? left[0] ?? row;
}

/** This tab does not have the project. */
function lose(): void {
  void theEngine().close();
  batch(() => {
    store.oracle.value = false;
    store.phase.value = "elsewhere";
  });
}

function inTurn(work: () => Promise<void> | void): Promise<void> {
  const done = queue.then(() => store.phase.value === "elsewhere" ? undefined : work()).catch(fail);
  queue = done;
  return done;
}

function listen(note: Note): void {
  if (note.kind === "progress") store.progress.value = note.done / Math.max(1, note.total);
  else if (note.kind === "snapshot") show(note.snapshot);
  else {
    store.device.value = note.device;
    if (note.lost !== undefined) {
      store.notice.value = { error: false, text: text.deviceLost(note.lost, note.device.name) };
    }
  }
}
