/**
 * The records of finished runs, one file each. A record is written completely or not at all, so
 * that an interrupted simulation can continue, and is checked as a whole when it is read.
 *
 * @module
 */

import { join } from "node:path";
import { InputError } from "../../errors.ts";
import { listFolder, readText } from "../../io/file.ts";
import { writeAtomically } from "../../io/output.ts";
import { METRICS } from "../../learn/simulation/head.ts";
import type { SimulationRound, SimulationRun } from "../../learn/simulation/simulation.ts";
import { type FolderSettings, parsedObject, taskOf } from "./settings-file.ts";

/** The folder of the records in the folder of a simulation. */
export const RUNS = "runs";

/** The strategy and the seed of a run, which are the name of its record. */
type RunName = Pick<SimulationRun, "strategy" | "seed">;

/**
 * Writes the record of a finished run, with the hash of the settings.
 *
 * @throws {InputError} if a score is not finite, or the file cannot be written
 */
export async function writeRun(
  folder: string,
  run: SimulationRun,
  settings: FolderSettings,
): Promise<void> {
  const problem = problemOf(run, run) ?? contradiction(run, settings);
  if (problem !== undefined) {
    throw new InputError(
      `Cannot keep the run of ${run.strategy} with seed ${run.seed}: ${problem}`,
    );
  }
  const text = `${JSON.stringify({ settings: settings.hash, ...run })}\n`;
  await writeAtomically(join(folder, RUNS, recordName(run)), text, { force: true });
}

/**
 * Reads the record of a run.
 *
 * @returns the run; undefined if it has not finished
 * @throws {InputError} if the file is not the record of this run with these settings
 */
export async function readRun(
  folder: string,
  name: RunName,
  settings: FolderSettings,
): Promise<SimulationRun | undefined> {
  return await readRecord(join(folder, RUNS, recordName(name)), name, settings);
}

/**
 * Reads the records of all finished runs of a folder, sorted by strategy and seed.
 *
 * @throws {InputError} if a file with the name of a record is none, or has other settings
 */
export async function readRuns(
  folder: string,
  settings: FolderSettings,
): Promise<SimulationRun[]> {
  const runs: SimulationRun[] = [];
  for (const file of await recordFiles(folder)) {
    runs.push((await readRecord(join(folder, RUNS, file), file, settings))!);
  }
  return runs.sort((a, b) =>
    a.strategy < b.strategy ? -1 : a.strategy > b.strategy ? 1 : a.seed - b.seed
  );
}

/**
 * Lists the files that are records of runs, whichever settings the runs have.
 *
 * @returns the paths of the files
 * @throws {InputError} if a file has the name of a record and is none
 */
export async function listRecords(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for (const file of await recordFiles(folder)) {
    const path = join(folder, RUNS, file);
    await readRecord(path, file, undefined);
    paths.push(path);
  }
  return paths;
}

/** The names in the folder of the records that a record can have. */
async function recordFiles(folder: string): Promise<string[]> {
  const names = await listFolder(join(folder, RUNS)) ?? [];
  return names.filter((name) => /^[^.].*-seed-?\d+\.json$/.test(name)).sort();
}

/**
 * Reads a record and checks it as a whole.
 *
 * @param path the file
 * @param expected the run that it must record, or the name of its file
 * @param settings the settings that it must have; undefined if any will do
 */
async function readRecord(
  path: string,
  expected: RunName | string,
  settings: FolderSettings | undefined,
): Promise<SimulationRun | undefined> {
  const text = await readText(path);
  if (text === undefined) return undefined;
  const value = parsedObject(text);
  const problem = value === undefined ? "it is no JSON object" : problemOf(value, expected);
  if (problem !== undefined) {
    throw new InputError(
      `Cannot read ${path}: it is not the record of a run: ${problem} (move or delete it)`,
    );
  }
  const { settings: hash, ...run } = value as unknown as SimulationRun & { settings?: string };
  const other = settings && (hash === undefined ? !settings.early : hash !== settings.hash);
  const difference = other ? "another hash" : settings && contradiction(run, settings);
  if (difference !== undefined) {
    throw new InputError(
      `Cannot use ${path}: its run had other settings than the folder: ${difference} ` +
        "(move or delete it)",
    );
  }
  return run;
}

/** The name of the file of a run. */
function recordName({ strategy, seed }: RunName): string {
  // The text of a strategy includes its options, whose values may be any text.
  const name = strategy.replace(
    /[^\w.()=,-]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16)}`,
  );
  return `${name}-seed${seed}.json`;
}

/** Says why a value is not the record of a run; undefined if it is. */
function problemOf(value: object, expected: RunName | string): string | undefined {
  const { settings, strategy, seed, rounds, initial, picks } = value as Values;
  if (settings !== undefined && typeof settings !== "string") return "its settings are no hash";
  if (typeof strategy !== "string" || strategy === "") return "its strategy is no text";
  if (!Number.isSafeInteger(seed)) return "its seed is no whole number";
  const name = typeof expected === "string" ? expected : recordName(expected);
  if (recordName({ strategy, seed: seed as number }) !== name) {
    return `it has strategy ${strategy} and seed ${seed}`;
  }
  if (!isRows(initial) || initial.length === 0) return "its initial samples are no rows";
  if (!Array.isArray(picks) || !picks.every(isRows)) return "its picks are no rows";
  const chosen = [initial, ...picks].flat() as number[];
  if (new Set(chosen).size !== chosen.length) return "a row is chosen twice";
  if (!Array.isArray(rounds) || rounds.length !== picks.length + 1) {
    return `it needs ${picks.length + 1} rounds`;
  }
  let labels = initial.length;
  for (const [at, round] of rounds.entries()) {
    const problem = roundProblem(round, labels, Object.keys(record(rounds[0]?.scores)));
    if (problem !== undefined) return `round ${at} ${problem}`;
    labels += (picks[at] as number[] | undefined)?.length ?? 0;
  }
  return undefined;
}

function roundProblem(
  round: unknown,
  labels: number,
  names: readonly string[],
): string | undefined {
  const values = record(round);
  const { scores, balance, trainSeconds, selectSeconds } = values;
  if (values["labels"] !== labels) return `must have ${labels} labels`;
  if (names.length === 0 || names.join() !== Object.keys(record(scores)).join()) {
    return "has other scores than the first";
  }
  const bad = Object.entries(scores as object).find(([, score]) => !Number.isFinite(score));
  if (bad) return `has no finite ${bad[0]}`;
  if (balance !== undefined) {
    const { entropy, ratio, coverage } = record(balance);
    if (![entropy, ratio, coverage].every(Number.isFinite)) return "has no finite class balance";
  }
  const isTime = (value: unknown) => Number.isFinite(value) && (value as number) >= 0;
  return isTime(trainSeconds) && isTime(selectSeconds) ? undefined : "has no times";
}

/** Says what in a run contradicts the settings; undefined if it fits. */
function contradiction(
  { rounds, initial, picks }: SimulationRun,
  { settings }: FolderSettings,
): string | undefined {
  const rows = settings["rows"] as number;
  if (initial.length !== settings["initial"]) return `${initial.length} initial labels`;
  if (picks.length !== settings["rounds"]) return `${picks.length} rounds`;
  const batch = picks.find(({ length }) => length !== settings["budget"]);
  if (batch) return `a budget of ${batch.length}`;
  const row = [initial, ...picks].flat().find((row) => row >= rows);
  if (row !== undefined) return `row ${row} of ${rows}`;
  const task = taskOf(settings);
  const { name } = METRICS[task];
  const without = rounds.some(({ scores }) => !Object.hasOwn(scores, name));
  if (without) return `no ${name}`;
  const isBalanced = ({ balance }: SimulationRound) =>
    (balance === undefined) === (task !== "classification");
  return rounds.every(isBalanced) ? undefined : "classes instead of targets, or no classes";
}

type Values = Readonly<Record<string, unknown>>;

function record(value: unknown): Values {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Values
    : {};
}

function isRows(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((row) => Number.isSafeInteger(row) && row >= 0);
}
