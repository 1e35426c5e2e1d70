/**
 * The folder of a simulation: its settings, one file for each finished run, and the report.
 *
 * A folder may hold other things than those of Creel. What is not recognized as a file of Creel is
 * neither replaced nor removed, whichever options are given.
 *
 * @module
 */

import { join } from "node:path";
import { asyncDispose } from "../../disposal.ts";
import { InputError } from "../../errors.ts";
import { listFolder, statusOf } from "../../io/file.ts";
import {
  checkOutput,
  checkOutputFolder,
  makeFolder,
  removeFile,
  removeTemporaries,
} from "../../io/output.ts";
import type { SimulationData } from "../../learn/simulation/data.ts";
import { checkOwnFile } from "../own-files.ts";
import { checkUnlocked, lockFolder } from "./lock.ts";
import { listRecords, RUNS } from "./run-records.ts";
import {
  differences,
  type FolderSettings,
  hexadecimal,
  readSettings,
  SETTINGS,
  SETTINGS_VERSION,
  type StoredSettings,
  writeSettings,
} from "./settings-file.ts";

/** The files of a report. */
export const REPORT_FILES = ["curves.csv", "summary.json", "curves.svg", "report.html"] as const;

/** The SHA-256 hash of the data of a simulation, in hexadecimal. */
export async function hashData({ pool, test }: SimulationData): Promise<string> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (const { features, truth } of test ? [pool, test] : [pool]) {
    parts.push(await digest(features), await digest(Float64Array.from(truth)));
  }
  const all = await digest(Uint8Array.from(parts.flatMap((part) => [...part])));
  return hexadecimal(all.buffer);
}

async function digest(values: Float32Array | Float64Array | Uint8Array) {
  const bytes = new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** The options of {@linkcode checkFolder}. */
export interface FolderOptions {
  /** Whether earlier results of other settings are replaced. */
  readonly force: boolean;
  /** The files that the simulation reads. */
  readonly inputs: readonly string[];
}

/**
 * Checks that a simulation can be written to a folder, before anything is computed. The folder does
 * not change.
 *
 * @throws {InputError} if the folder cannot be made or written, another process writes there, it
 * holds things of others where those of a simulation go, or a report and `force` is not set
 */
export async function checkFolder(folder: string, options: FolderOptions): Promise<void> {
  await checkOutputFolder(folder);
  await checkUnlocked(folder);
  if (!(await statusOf(folder))) return;
  const found = await readSettings(folder);
  const records = join(folder, RUNS);
  if (found === undefined && (await listFolder(records) ?? []).length > 0) {
    throw new InputError(
      `Cannot write to ${folder}: its folder ${RUNS} is not of a simulation, because there is no ` +
        `${SETTINGS} (take another --out)`,
    );
  }
  await checkOutput(join(folder, SETTINGS), { force: true });
  await checkOutputFolder(records);
  await checkReportFiles(folder, { ...options, force: found !== undefined || options.force });
}

/**
 * Checks that a report can be written to a folder, which need not exist.
 *
 * @throws {InputError} if a file of the report is an input or not of Creel, or exists and `force`
 * is not set
 */
export async function checkReportFiles(folder: string, options: FolderOptions): Promise<void> {
  if (!(await statusOf(folder))) return;
  for (const name of REPORT_FILES) await checkOwnFile(join(folder, name), options);
}

/** The folder of a simulation that this process writes, until it is disposed of. */
export interface OpenFolder extends AsyncDisposable {
  /** The settings. */
  readonly settings: FolderSettings;
  /** The killed process whose work is continued, as text; undefined if there is none. */
  readonly left: string | undefined;
}

/**
 * Opens a folder that {@linkcode checkFolder} accepted for writing, and locks it until it is
 * disposed of. With `force`, the records of runs with other settings are removed.
 *
 * @throws {InputError} if another process writes there; or if there are runs of another version or
 * with other settings and `force` is not set; or if a file has the name of a record and is none
 */
export async function openFolder(
  folder: string,
  settings: StoredSettings,
  options: FolderOptions,
): Promise<OpenFolder> {
  await makeFolder(folder);
  await using resources = new AsyncDisposableStack();
  const { left } = resources.use(await lockFolder(folder));
  const found = await readSettings(folder);
  const same = found !== undefined && differences(found.settings, settings).length === 0;
  if (!same) {
    if (found && !options.force) throw different(folder, found.settings, settings);
    await startOver(folder, settings);
  }
  await makeFolder(join(folder, RUNS));
  if (left !== undefined) await removeTemporaries(join(folder, RUNS));
  const written = same ? found : (await readSettings(folder))!;
  const lock = resources.move();
  return {
    settings: written,
    left,
    [asyncDispose]: () => lock.disposeAsync(),
  };
}

function different(folder: string, found: StoredSettings, settings: StoredSettings): InputError {
  const { version } = found;
  if (version !== SETTINGS_VERSION) {
    return new InputError(
      `Cannot go on in ${folder}: its runs are of version ${version}, whose random numbers are not ` +
        `those of version ${SETTINGS_VERSION} (take another --out, or --force to start over)`,
    );
  }
  const [first] = differences(found, settings) as [string];
  return new InputError(
    `Cannot go on in ${folder}: its runs have ${first} ${found[first]}, and this call has ` +
      `${settings[first]} (take another --out, or --force to start over)`,
  );
}

/** Removes the records of earlier runs, and nothing else; then writes the settings of new ones. */
async function startOver(folder: string, settings: StoredSettings): Promise<void> {
  // All are read before the first is removed, because a file that is no record is an error.
  for (const path of await listRecords(folder)) await removeFile(path);
  await writeSettings(folder, settings);
}
