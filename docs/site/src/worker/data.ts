/**
 * The data of a project in the worker's memory: features, labels that the file has, and the
 * samples that are held out.
 *
 * @module
 */

import { blobSource, type ByteSource, InputError, keyOf, readAll, sample } from "../creel.ts";
import type { Database, StoredProject } from "../store/database.ts";
import type { PixelShape } from "./protocol.ts";

/** The data of a project. */
export interface ProjectData {
  /** The features `[n, d]`, row-major. */
  readonly features: Float32Array;
  /** n. */
  readonly rows: number;
  /** d. */
  readonly columns: number;
  /** The class of each row, if the file has them; -1 for unknown ones. */
  readonly labels: Int32Array | undefined;
  /** The rows that the file says are labeled. */
  readonly labeled: readonly number[];
  /** Whether every row has a class. */
  readonly complete: boolean;
  /** The rows that are held out to measure the accuracy. */
  readonly heldOut: readonly number[];
}

/** The number of pixels of a digit. */
const PIXELS = 64;

/** The largest number of samples that are held out. */
const HELD_OUT = 500;

/** Reads the data of a project. */
export async function loadData(database: Database, project: StoredProject): Promise<ProjectData> {
  if (project.demo) return await fetchDigits();
  return await readData(await storedFeatures(database, project.id));
}

/**
 * Reads data from a file.
 *
 * @throws {InputError} if the file is no feature file
 */
export async function readData(source: ByteSource): Promise<ProjectData> {
  const { readDataset } = await import("./files.ts");
  const { features, labels, labeled } = await readDataset(source);
  const { rows, columns } = features;
  return dataOf(await readAll(features), rows, columns, labels, labeled);
}

function dataOf(
  features: Float32Array,
  rows: number,
  columns: number,
  labels: Int32Array | undefined,
  given?: Int32Array,
): ProjectData {
  const complete = labels !== undefined && labels.every((label) => label >= 0);
  const all = Array.from({ length: rows }, (_, row) => row);
  const labeled = [...given ?? []];
  if (labels && !complete && given === undefined) {
    labeled.push(...all.filter((row) => labels[row]! >= 0));
  }
  const known = new Set(labeled);
  const free = all.filter((row) => !known.has(row));
  const count = Math.min(HELD_OUT, Math.floor(free.length * 0.3));
  const heldOut = complete ? sample(free, count, keyOf(0, "test set")) : [];
  return { features, rows, columns, labels, labeled, complete, heldOut };
}

/** The rows of some samples, one after the other. */
export function rowsOf({ features, columns }: ProjectData, rows: readonly number[]): Float32Array {
  const part = new Float32Array(rows.length * columns);
  rows.forEach((row, place) =>
    part.set(features.subarray(row * columns, (row + 1) * columns), place * columns)
  );
  return part;
}

/** The number of classes that the labels of a file have; 0 without labels. */
export function classesIn(labels: Int32Array | undefined): number {
  return labels ? labels.reduce((most, label) => Math.max(most, label + 1), 0) : 0;
}

/**
 * The shape of the images that features may be: those with a square number of columns of which none
 * is negative, as far as they are not too large.
 */
export function pixelShape({ features, columns }: ProjectData): PixelShape | undefined {
  for (const channels of [1, 3] as const) {
    const side = Math.sqrt(columns / channels);
    if (!Number.isInteger(side) || side < 6 || side > 128) continue;
    if (features.length > 2 ** 26 || features.some((value) => value < 0)) continue;
    return { width: side, height: side, channels };
  }
  return undefined;
}

/** The features as levels from 0 to 255; the largest feature is 255. */
export function levelsOf({ features }: ProjectData): Uint8Array {
  const largest = features.reduce((a, b) => Math.max(a, b), 0) || 1;
  return Uint8Array.from(features, (value) => Math.round(255 * value / largest));
}

/** The digits, as tasks/site.ts packs them: a byte a pixel, 0 to 16, and then a byte a label. */
async function fetchDigits(): Promise<ProjectData> {
  const response = await fetch(new URL("digits.bin", import.meta.url));
  if (!response.ok) throw new InputError(`Cannot read the digits: status ${response.status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const rows = bytes.length / (PIXELS + 1);
  const features = Float32Array.from(bytes.subarray(0, rows * PIXELS), (level) => level / 16);
  return dataOf(features, rows, PIXELS, Int32Array.from(bytes.subarray(rows * PIXELS)));
}

async function storedFeatures(database: Database, id: string): Promise<ByteSource> {
  const file = await database.file(id, "features");
  if (!file) throw new InputError("Cannot open the project: its features are not in this browser");
  return blobSource(file.name, file.blob);
}
