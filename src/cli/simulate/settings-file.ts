/**
 * The settings of a simulation in its folder, `settings.json`. The file is also the mark by which a
 * folder of Creel is recognized.
 *
 * @module
 */

import { join } from "node:path";
import { InputError } from "../../errors.ts";
import type { Task } from "../../head/head.ts";
import { readText } from "../../io/file.ts";
import { writeAtomically } from "../../io/output.ts";

/** The settings that all runs in a folder share, as plain values in the order of the file. */
export type StoredSettings = Readonly<Record<string, string | number | boolean | null>>;

/**
 * The version of the settings. In version 1 the settings contained the options of all strategies,
 * and random numbers were derived in another way; since version 2 the name of a strategy contains
 * its options. `creel report` reads all versions.
 */
export const SETTINGS_VERSION = 2;

/** The task of a simulation: it is named only where samples have several labels each. */
export function taskOf({ task, classes }: StoredSettings): Task {
  if (task === "multilabel") return task;
  return typeof classes === "number" ? "classification" : "regression";
}

/** The name of the file. */
export const SETTINGS = "settings.json";

/** The value of `format` in the file, which says whose it is; earlier files have none. */
const FORMAT = "creel-simulation";

/** The settings of a folder. */
export interface FolderSettings {
  /** The settings. */
  readonly settings: StoredSettings;
  /** The hash of the settings, which every record of a run has. */
  readonly hash: string;
  /**
   * Whether records without a hash count: those of folders that an earlier Creel began, whose
   * settings say no format.
   */
  readonly early: boolean;
}

/**
 * Reads the settings of a folder.
 *
 * @returns the settings; undefined if there is no such file
 * @throws {InputError} if the file cannot be read, is not of Creel, or is of a newer version
 */
export async function readSettings(folder: string): Promise<FolderSettings | undefined> {
  const path = join(folder, SETTINGS);
  const text = await readText(path);
  if (text === undefined) return undefined;
  const value = parsedObject(text);
  const { format, ...settings } = value ?? {};
  const { version } = settings;
  if (format === FORMAT && typeof version === "number" && version > SETTINGS_VERSION) {
    throw new InputError(
      `Cannot read ${path}: it has version ${version} and was written by a newer Creel; this one ` +
        `reads up to version ${SETTINGS_VERSION}`,
    );
  }
  if ((format !== undefined && format !== FORMAT) || !areSettings(settings)) {
    throw new InputError(`Cannot read ${path}: it does not have the settings of a simulation`);
  }
  return { settings, hash: await hashSettings(settings), early: format === undefined };
}

/** Writes the settings of a folder. */
export async function writeSettings(folder: string, settings: StoredSettings): Promise<void> {
  const text = `${JSON.stringify({ format: FORMAT, ...settings }, null, 2)}\n`;
  await writeAtomically(join(folder, SETTINGS), text, { force: true });
}

/** The SHA-256 hash of settings in hexadecimal, in whichever order they are. */
export async function hashSettings(settings: StoredSettings): Promise<string> {
  const sorted = Object.entries(settings).sort(([a], [b]) => a < b ? -1 : 1);
  const bytes = new TextEncoder().encode(JSON.stringify(sorted));
  return hexadecimal(await crypto.subtle.digest("SHA-256", bytes));
}

/** The names of the settings that differ between two simulations. */
export function differences(a: StoredSettings, b: StoredSettings): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => a[name] !== b[name]);
}

/** Formats bytes in hexadecimal. */
export function hexadecimal(bytes: ArrayBuffer): string {
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Parses a JSON object; returns undefined if the text is anything else. */
export function parsedObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? value as Record<string, unknown> : undefined;
  } catch {
    return undefined;
  }
}

/** Whether values are the settings of a simulation, of any version. */
function areSettings(values: Readonly<Record<string, unknown>>): values is StoredSettings {
  const { version, data, rows, columns, classes, initial, rounds, budget } = values;
  const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 1;
  return Number.isSafeInteger(version) && (version as number) >= 1 &&
    (version as number) <= SETTINGS_VERSION &&
    typeof data === "string" && /^[0-9a-f]{64}$/.test(data) &&
    [rows, columns, initial, rounds, budget].every(isCount) &&
    (classes === null || isCount(classes)) &&
    Object.values(values).every((value) => value === null || typeof value !== "object");
}
