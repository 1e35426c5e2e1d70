/**
 * The folder of a simulation: its settings, and one file for each finished run. A run is written
 * completely or not at all, so that an interrupted simulation can continue.
 *
 * @module
 */

import { dirname, join, resolve } from "node:path";
import { InputError } from "../../errors.ts";
import {
  listFolder,
  makeFolder,
  readText,
  removeAll,
  statusOf,
  writeAtomically,
} from "../../io/file.ts";
import type { SimulationData } from "../../learn/simulation/data.ts";
import type { SimulationRun } from "../../learn/simulation/simulation.ts";

/** The settings that all runs in a folder share, as plain values in the order of the file. */
export type StoredSettings = Readonly<Record<string, string | number | boolean | null>>;

/**
 * The version of the settings. In version 1 the settings contained the options of all strategies,
 * and random numbers were derived in another way; since version 2 the name of a strategy contains
 * its options. `creel report` reads all versions.
 */
export const SETTINGS_VERSION = 2;

/** The files of a report. */
export const REPORT_FILES = ["curves.csv", "summary.json", "curves.svg", "report.html"] as const;

/** The file of the settings. */
const SETTINGS = "settings.json";
/** The folder of the runs. */
const RUNS = "runs";

/** The SHA-256 hash of the data of a simulation, in hexadecimal. */
export async function hashData({ pool, test }: SimulationData): Promise<string> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (const { features, truth } of test ? [pool, test] : [pool]) {
    parts.push(await digest(features), await digest(Float64Array.from(truth)));
  }
  const all = await digest(Uint8Array.from(parts.flatMap((part) => [...part])));
  return [...all].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function digest(values: Float32Array | Float64Array | Uint8Array) {
  const bytes = new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/**
 * Checks that a folder exists or can be created, without writing anything.
 *
 * @throws {InputError} if its parent folder is missing, or it is a file
 */
export async function checkPlace(folder: string): Promise<void> {
  const parent = dirname(resolve(folder));
  if (!(await statusOf(parent))?.isDirectory()) {
    const name = dirname(folder);
    throw new InputError(`Cannot write to ${folder}: the folder ${name} does not exist`);
  }
  const status = await statusOf(folder);
  if (status && !status.isDirectory()) {
    throw new InputError(`Cannot write to ${folder}: it is not a folder`);
  }
}

/**
 * Checks that a simulation can be written to a folder that {@linkcode checkPlace} accepted, without
 * writing anything.
 *
 * @throws {InputError} if it holds something else, or runs of another version or with other
 * settings, and `force` is not set
 */
export async function checkFolder(
  folder: string,
  settings: StoredSettings,
  { force }: { force: boolean },
): Promise<void> {
  if (force) return;
  const found = await readSettings(folder);
  if (found === undefined) {
    for (const name of REPORT_FILES) {
      if (!(await statusOf(join(folder, name)))) continue;
      throw new InputError(
        `Cannot write ${join(folder, name)}: it exists, and --force replaces it`,
      );
    }
    return;
  }
  const { version } = found;
  if (version !== SETTINGS_VERSION) {
    throw new InputError(
      `Cannot go on in ${folder}: its runs are of version ${version}, whose random numbers are not ` +
        `those of version ${SETTINGS_VERSION} (take another --out, or --force to start over)`,
    );
  }
  const [first] = differences(found, settings);
  if (first === undefined) return;
  throw new InputError(
    `Cannot go on in ${folder}: its runs have ${first} ${found[first]}, and this call has ` +
      `${settings[first]} (take another --out, or --force to start over)`,
  );
}

/**
 * Prepares a folder that {@linkcode checkFolder} accepted; runs with other settings are removed.
 */
export async function prepareFolder(folder: string, settings: StoredSettings): Promise<void> {
  const found = await readSettings(folder);
  if (found && differences(found, settings).length === 0) return;
  await removeAll(join(folder, RUNS));
  await makeFolder(join(folder, RUNS));
  const text = `${JSON.stringify(settings, null, 2)}\n`;
  await writeAtomically(join(folder, SETTINGS), text, { force: true });
}

/** The settings of a folder; undefined if it holds no simulation. */
export async function readSettings(folder: string): Promise<StoredSettings | undefined> {
  const path = join(folder, SETTINGS);
  const text = await readText(path);
  if (text === undefined) return undefined;
  const settings = parsed(text);
  if (settings === undefined) throw new InputError(`Cannot read ${path}: it is not a JSON object`);
  return settings as StoredSettings;
}

/** The names of the settings that differ between two simulations. */
export function differences(a: StoredSettings, b: StoredSettings): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => a[name] !== b[name]);
}

/** Writes a finished run. */
export async function writeRun(folder: string, run: SimulationRun): Promise<void> {
  await writeAtomically(runPath(folder, run), `${JSON.stringify(run)}\n`, { force: true });
}

/** Reads a finished run; undefined if it has not finished. */
export async function readRun(
  folder: string,
  which: Pick<SimulationRun, "strategy" | "seed">,
): Promise<SimulationRun | undefined> {
  const text = await readText(runPath(folder, which));
  return text === undefined ? undefined : parsed(text) as SimulationRun | undefined;
}

/** Reads all finished runs of a folder, sorted by strategy and seed. */
export async function readRuns(folder: string): Promise<SimulationRun[]> {
  const runs: SimulationRun[] = [];
  for (const name of await listFolder(join(folder, RUNS)) ?? []) {
    if (!/^[^.].*-seed-?\d+\.json$/.test(name)) continue;
    const path = join(folder, RUNS, name);
    const run = parsed(await readText(path) ?? "") as SimulationRun | undefined;
    if (!run || !Array.isArray(run.rounds)) {
      throw new InputError(`Cannot read ${path}: it is not the record of a run`);
    }
    runs.push(run);
  }
  return runs.sort((a, b) =>
    a.strategy < b.strategy ? -1 : a.strategy > b.strategy ? 1 : a.seed - b.seed
  );
}

function runPath(folder: string, { strategy, seed }: Pick<SimulationRun, "strategy" | "seed">) {
  // The text of a strategy includes its options, whose values may be any text.
  const name = strategy.replace(
    /[^\w.()=,-]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16)}`,
  );
  return join(folder, RUNS, `${name}-seed${seed}.json`);
}

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
