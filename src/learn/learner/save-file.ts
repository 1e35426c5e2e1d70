/**
 * A learner in one SQLite file, for Deno and Node. Browsers have no SQLite, and so this module has
 * its own entry point, `@creel/creel/save`.
 *
 * A save is one transaction: after a crash, a full disk or a power failure the file holds either
 * the old learner or the new one. Tables:
 *
 * | table    | columns                                                       |
 * | -------- | ------------------------------------------------------------- |
 * | `meta`   | `key`, `value` (JSON): fingerprint, settings, watched; digest |
 * | `events` | `seq` from 0, `kind`, `round`, `time`, `event` (JSON)         |
 * | `labels` | `sample`, `label`, `round`, `strategy`, `time`                |
 *
 * `labels` follows from `events`, for readers that use SQL. `PRAGMA user_version` is the version of
 * the format. The digest reveals damage that SQLite does not notice.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { existsSync, rmSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { InputError } from "../../errors.ts";
import type { Head } from "../../head/head.ts";
import type { Pool } from "../../pool/pool.ts";
import { checkState, type LearnerState, newerVersion, STATE_VERSION } from "./state.ts";
import { fingerprintDifference } from "./fingerprint.ts";
import { LabelHistory } from "./history.ts";
import { ActiveLearner } from "./learner.ts";
import type { LearnerHead, LearnerOptions } from "./options.ts";
import { classCount } from "./settings.ts";
import { toVersion1 } from "./state-version-1.ts";

/** The application id of SQLite files of Creel: "Crel" as a number. */
const APPLICATION = 0x4372656c;

/** How long to wait for another program that uses the file, in milliseconds. */
const PATIENCE = 2000;

/** The statements that create the tables. */
const schema = () => `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE events (
    seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, round INTEGER NOT NULL, time TEXT NOT NULL,
    event TEXT NOT NULL
  ) STRICT;
  CREATE TABLE labels (
    sample INTEGER PRIMARY KEY, label INTEGER NOT NULL, round INTEGER NOT NULL, strategy TEXT,
    time TEXT NOT NULL
  ) STRICT;
  PRAGMA application_id = ${APPLICATION};
  PRAGMA user_version = ${STATE_VERSION};
`;

/** The attempted action, for messages. */
type Verb = "load" | "write";

/** The options of {@linkcode saveLearner}. */
export interface SaveOptions {
  /** Whether the save of a learner of another pool may be replaced. Default: false. */
  readonly force?: boolean | undefined;
}

/**
 * Saves a learner. An existing save of the same pool is replaced, completely or not at all.
 *
 * @example
 * ```ts
 * import { ActiveLearner, arrayRows, openDevice, Pool } from "@creel/creel";
 * import { loadLearner, saveLearner } from "@creel/creel/save";
 * import assert from "node:assert/strict";
 *
 * const path = await Deno.makeTempFile({ suffix: ".creel" });
 * using device = await openDevice({ device: "cpu" });
 * using pool = await Pool.from(device, arrayRows("features", [[0, 1], [1, 0]]));
 * using learner = await ActiveLearner.create(pool);
 * learner.label(1, 0);
 * saveLearner(learner, path);
 * using again = await loadLearner(path, pool);
 * assert.equal(again.labels[0]!.index, 1);
 * await Deno.remove(path);
 * ```
 *
 * @param learner the learner, or its state
 * @param path the file, such as `project.creel`; an empty file counts as missing
 * @param options whether a learner of another pool may be replaced
 * @throws {InputError} if the file is no save, belongs to another pool or to a newer version, its
 * folder is missing, the disk is full, or it cannot be written; then the file does not change
 */
export function saveLearner(
  learner: ActiveLearner<LearnerHead> | LearnerState,
  path: string,
  { force = false }: SaveOptions = {},
): void {
  const state = checkState(learner instanceof ActiveLearner ? learner.toJSON() : learner);
  const fresh = sizeOf(path) === undefined;
  try {
    withDatabase(path, "write", (database) => {
      // A rollback journal keeps everything in one file, and EXTRA flushes the folder, too, so that
      // a finished save survives a power failure.
      database.exec("PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA");
      database.exec("BEGIN IMMEDIATE");
      try {
        if (isEmpty(database)) database.exec(schema());
        else checkReplaced(path, database, state, force);
        write(database, state);
        database.exec("COMMIT");
      } catch (error) {
        if (database.isTransaction) database.exec("ROLLBACK");
        throw error;
      }
    });
  } catch (error) {
    // Do not leave an empty new file behind.
    if (fresh && sizeOf(path) === 0) rmSync(path);
    throw error;
  }
}

/**
 * Loads a learner.
 *
 * @param path the file
 * @param pool the pool that it was saved with, scaled in the same way
 * @param options functions, which are not saved, and settings to change
 * @throws {InputError} as {@linkcode readSave} does, or if the learner belongs to another pool
 */
export async function loadLearner<H extends LearnerHead = Head>(
  path: string,
  pool: Pool,
  options: LearnerOptions<H> = {},
): Promise<ActiveLearner<H>> {
  const state = readSave(path);
  return await ActiveLearner.fromJSON(state, pool, options);
}

/**
 * Reads the state of a saved learner without its pool.
 *
 * @param path the file
 * @throws {InputError} if the file is missing, empty, no save, damaged, or of a newer version
 */
export function readSave(path: string): LearnerState {
  const size = sizeOf(path);
  if (size === undefined) throw new InputError(`Cannot load ${path}: it does not exist`);
  if (size === 0) throw new InputError(`Cannot load ${path}: it is empty`);
  return withDatabase(path, "load", (database) => {
    checkFormat("load", path, database);
    return read(path, database);
  });
}

function checkReplaced(
  path: string,
  database: DatabaseSync,
  state: LearnerState,
  force: boolean,
): void {
  checkFormat("write", path, database);
  if (force) return;
  const difference = fingerprintDifference(read(path, database).fingerprint, state.fingerprint);
  if (!difference) return;
  throw new InputError(
    `Cannot write ${path}: it holds a learner of another pool: ${difference}; force replaces it`,
  );
}

function isEmpty(database: DatabaseSync): boolean {
  const tables = database.prepare("SELECT count(*) AS n FROM sqlite_schema").get();
  return tables?.n === 0 && numberOf(database, "application_id") === 0;
}

/** Checks that a database is a save that this version can read. */
function checkFormat(verb: Verb, path: string, database: DatabaseSync): void {
  if (numberOf(database, "application_id") !== APPLICATION) {
    throw new InputError(`Cannot ${verb} ${path}: it is a database, but no saved learner of Creel`);
  }
  const version = numberOf(database, "user_version");
  if (version > STATE_VERSION) throw newerVersion(path, version);
  const [check] = database.prepare("PRAGMA quick_check(1)").all();
  const verdict = Object.values(check ?? {})[0];
  if (verdict !== "ok") throw new InputError(`Cannot load ${path}: it is damaged (${verdict})`);
}

function write(database: DatabaseSync, state: LearnerState): void {
  database.exec(`
    DELETE FROM meta; DELETE FROM events; DELETE FROM labels;
    PRAGMA user_version = ${STATE_VERSION};
  `);
  const meta = database.prepare("INSERT INTO meta VALUES (?, ?)");
  const { fingerprint, settings, watched, events } = state;
  const entries = { fingerprint, settings, watched, digest: digestOf(state) };
  for (const [key, value] of Object.entries(entries)) {
    if (value !== undefined) meta.run(key, JSON.stringify(value));
  }
  const event = database.prepare("INSERT INTO events VALUES (?, ?, ?, ?, ?)");
  events.forEach((entry, seq) =>
    event.run(seq, entry.kind, entry.round, entry.time, JSON.stringify(entry))
  );
  const label = database.prepare("INSERT INTO labels VALUES (?, ?, ?, ?, ?)");
  for (const row of labelRows(state)) label.run(...row);
}

function read(path: string, database: DatabaseSync): LearnerState {
  const meta: Record<string, unknown> = {};
  try {
    for (const { key, value } of database.prepare("SELECT key, value FROM meta").all()) {
      meta[String(key)] = JSON.parse(String(value));
    }
    const rows = database.prepare("SELECT event FROM events ORDER BY seq").all();
    const { fingerprint, settings, watched, digest } = meta;
    const state = checkState({
      format: "creel-learner",
      version: numberOf(database, "user_version"),
      fingerprint,
      settings,
      events: rows.map(({ event }) => JSON.parse(String(event))),
      ...(watched !== undefined && { watched }),
    }, path);
    const labels = database.prepare(
      "SELECT sample, label, round, strategy, time FROM labels ORDER BY sample",
    ).all();
    const same = JSON.stringify(labels.map((row) => Object.values(row))) ===
      JSON.stringify(labelRows(state));
    const saved = numberOf(database, "user_version") === 1 ? toVersion1(state) : state;
    if (same && digest === digestOf(saved)) return state;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new InputError(`Cannot load ${path}: it is damaged (${error.message})`);
  }
  throw new InputError(`Cannot load ${path}: it is damaged (its digest does not fit its content)`);
}

/** The current labels as rows of the table `labels`. */
function labelRows({ fingerprint, settings, events }: LearnerState) {
  const history = new LabelHistory(fingerprint.rows, classCount(settings.classes));
  for (const event of events) history.append(event);
  return [...history.labels.values()]
    .sort((a, b) => a.index - b.index)
    .map(({ index, label, round, strategy, time }) =>
      [index, label, round, strategy ?? null, time] as const
    );
}

function digestOf(state: unknown): string {
  return createHash("sha256").update(Buffer.from(JSON.stringify(state))).digest("hex");
}

function numberOf(database: DatabaseSync, pragma: string): number {
  const row = database.prepare(`PRAGMA ${pragma}`).get();
  return Number(Object.values(row ?? {})[0]);
}

/** Opens a database, uses it, closes it, and turns errors into one sentence. */
function withDatabase<T>(
  path: string,
  verb: Verb,
  work: (database: DatabaseSync) => T,
): T {
  let database: DatabaseSync | undefined;
  try {
    // An absolute path, because SQLite treats names such as `:memory:` and `file:` differently.
    database = new DatabaseSync(resolve(path), { timeout: PATIENCE });
    return work(database);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`Cannot ${verb} ${path}: ${reasonOf(error, path)}`, { cause: error });
  } finally {
    database?.close();
  }
}

/** Messages of SQLite, and what they mean for a save; not every error carries a result code. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/locked/, "another program is using it"],
  [/readonly/, "it may not be written"],
  [/disk I\/O error/, "the disk failed, or the file would be larger than the limit"],
  [/disk is full/, "the disk is full"],
  [/malformed/, "it is damaged"],
  [/unable to open/, "it cannot be opened"],
  [/not a database/, "it is no saved learner of Creel"],
];

function reasonOf(error: unknown, path: string): string {
  if (!existsSync(dirname(resolve(path)))) return "its folder does not exist";
  if (sizeOf(path) !== undefined && !statSync(path).isFile()) return "it is no regular file";
  const message = error instanceof Error ? error.message : String(error);
  return REASONS.find(([pattern]) => pattern.test(message))?.[1] ?? message;
}

function sizeOf(path: string): number | undefined {
  return existsSync(path) ? statSync(path).size : undefined;
}
