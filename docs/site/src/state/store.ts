/**
 * The state of the page. Views read it; `actions.ts` changes it.
 *
 * @module
 */

import { computed, signal } from "@preact/signals";
import type { CurvePoint, DeviceInfo, Opened, Snapshot } from "../worker/protocol.ts";
import { keysOf } from "./keys.ts";

/** The pages that can be shown. */
export type View = "label" | "map" | "review" | "data";

/** What the page is doing. */
export type Phase =
  | "opening"
  | "ready"
  | "training"
  | "choosing"
  | "done"
  | "elsewhere"
  | "failed";

const NOTHING: Snapshot = {
  labels: [],
  skipped: [],
  candidates: 0,
  batch: [],
  round: 0,
  curve: [],
  canUndo: false,
};

/** The project, once it is open. */
export const opened = signal<Opened | undefined>(undefined);
/** The device. */
export const device = signal<DeviceInfo | undefined>(undefined);
/** The labels, as they are stored. */
export const snapshot = signal<Snapshot>(NOTHING);
/** Labels that are on their way to the storage. */
export const pending = signal<ReadonlyMap<number, number>>(new Map());
/** Samples outside the batch that the person opened, or whose label was undone. */
export const extra = signal<readonly number[]>([]);
/** The sample that the next key labels. */
export const cursor = signal<number | undefined>(undefined);
/** What the page is doing. */
export const phase = signal<Phase>("opening");
/** The progress of long work, 0 to 1. */
export const progress = signal<number | undefined>(undefined);
/** Whether the oracle is labeling. */
export const oracle = signal(false);
/** The page that is shown. */
export const view = signal<View>("label");
/** A sentence about something that went wrong, or that the person should know. */
export const notice = signal<{ readonly error: boolean; readonly text: string } | undefined>(
  undefined,
);
/** What was done last, for screen readers. */
export const spoken = signal("");
/** Whether the help is open. */
export const help = signal(false);
/** The accuracy of random labeling, as far as it is simulated. */
export const randomCurve = signal<readonly CurvePoint[]>([]);

/** The names of the classes. */
export const classes = computed(() => opened.value?.project.classes ?? []);
/** The key of each class. */
export const classKeys = computed(() => keysOf(classes.value));

/** The class of each labeled sample. */
export const labelOf = computed(() => {
  const labels = new Map(snapshot.value.labels.map(({ row, label }) => [row, label]));
  for (const [row, label] of pending.value) labels.set(row, label);
  return labels;
});

/** The skipped samples. */
export const skipped = computed(() => new Set(snapshot.value.skipped));

/** The samples on the table: those that were opened, then the batch. */
export const table = computed(() => {
  const { batch } = snapshot.value;
  const others = extra.value.filter((row) => !batch.includes(row));
  return [...others, ...batch];
});

/** The samples on the table that are neither labeled nor skipped. */
export const open = computed(() =>
  table.value.filter((row) => !labelOf.value.has(row) && !skipped.value.has(row))
);

/** The number of labels. */
export const labelCount = computed(() => labelOf.value.size);

/** The newest accuracy. */
export const accuracy = computed(() => {
  const { curve } = snapshot.value;
  const reached = curve.filter(({ labels }) => labels <= labelCount.value);
  return (reached.at(-1) ?? curve.at(-1))?.accuracy;
});
