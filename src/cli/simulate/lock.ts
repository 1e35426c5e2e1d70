/**
 * The lock of a folder, a file that exists while a process writes there. It says which process that
 * is, so that the lock of a process that was killed is recognized and taken over.
 *
 * Of two processes that take over the same lock, one must not remove the new lock of the other. So
 * an old lock is removed only under a second lock, named after the unique token of the first, and
 * after another look at the token: nobody else can have removed it meanwhile.
 *
 * @module
 */

import files from "node:fs";
// The default import, because tests replace its functions by ones that fail.
import fs, { type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { asyncDispose } from "../../disposal.ts";
import { InputError } from "../../errors.ts";
import { readText } from "../../io/file.ts";
import { reasonOf } from "../../io/system-errors.ts";
import {
  hasEnded,
  isProcessIdentity,
  type ProcessIdentity,
  thisProcess,
} from "./process-identity.ts";
import { parsedObject } from "./settings-file.ts";

/** The name of the file. */
export const LOCK = ".creel-lock";

/** How long to wait for a process that is just writing or removing a lock, in milliseconds. */
const PATIENCE = 500;

/** A lock that was found. */
interface FoundLock {
  /** A text that no other lock has. */
  readonly token: string;
  /** The process; undefined if it ended before it could write its name. */
  readonly owner: ProcessIdentity | undefined;
}

/** The lock of a folder, until it is disposed of. */
export interface FolderLock extends AsyncDisposable {
  /** The process that left a lock behind, as text; undefined if there was none. */
  readonly left: string | undefined;
}

/**
 * Locks a folder. The lock is removed when it is disposed of and when the program exits.
 *
 * @param folder the folder, which exists
 * @throws {InputError} if another process has locked it, or the file cannot be written
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = join(folder, LOCK);
  const own = await thisProcess();
  const { token, replaced } = await acquire(path, folder, own);
  const removeNow = () => removeOwn(path, token);
  process.on("exit", removeNow);
  return {
    left: replaced && textOf(replaced),
    // deno-lint-ignore require-await
    async [asyncDispose]() {
      process.removeListener("exit", removeNow);
      removeNow();
    },
  };
}

/**
 * Checks that no other process has locked a folder, which need not exist.
 *
 * @throws {InputError} if one has
 */
export async function checkUnlocked(folder: string): Promise<void> {
  const found = await readLock(join(folder, LOCK), folder);
  if (found) await checkEnded(found, folder, await thisProcess());
}

/** Creates a lock file, after removing that of a process that has ended. */
async function acquire(
  path: string,
  folder: string,
  own: ProcessIdentity,
): Promise<{ token: string; replaced?: FoundLock }> {
  const token = crypto.randomUUID();
  const end = performance.now() + PATIENCE;
  let replaced: FoundLock | undefined;
  for (;;) {
    if (await create(path, token, own)) return { token, ...(replaced && { replaced }) };
    const found = await readLock(path, folder);
    if (!found) {
      if (performance.now() < end) continue;
      throw new InputError(`Cannot write ${path}: it is there and cannot be read`);
    }
    await checkEnded(found, folder, own);
    const guard = await acquire(`${path}.${found.token}`, folder, own);
    try {
      if ((await readLock(path, folder))?.token === found.token) {
        await fs.unlink(path);
        replaced = found;
      }
    } catch (error) {
      if (error instanceof InputError) throw error;
      throw new InputError(`Cannot remove ${path}: ${reasonOf(error)}`, { cause: error });
    } finally {
      removeOwn(`${path}.${found.token}`, guard.token);
    }
  }
}

/** Creates a lock file; returns false if there is one. */
async function create(path: string, token: string, own: ProcessIdentity): Promise<boolean> {
  let file: FileHandle;
  try {
    file = await fs.open(path, "wx");
  } catch (error) {
    if ((error as { code?: unknown }).code === "EEXIST") return false;
    throw new InputError(`Cannot write ${path}: ${reasonOf(error)}`, { cause: error });
  }
  try {
    try {
      await file.writeFile(`${JSON.stringify({ token, ...own })}\n`);
    } finally {
      await file.close();
    }
  } catch (error) {
    await fs.unlink(path).catch(() => {});
    throw new InputError(`Cannot write ${path}: ${reasonOf(error)}`, { cause: error });
  }
  // A process that took very long to write may have lost the lock to another one meanwhile.
  try {
    return tokenOf(await readText(path) ?? "") === token;
  } catch (error) {
    removeOwn(path, token);
    throw error;
  }
}

/** Reads a lock; returns undefined if there is none. */
async function readLock(path: string, folder: string): Promise<FoundLock | undefined> {
  const end = performance.now() + PATIENCE;
  for (;;) {
    try {
      const text = await readText(path);
      if (text === undefined) return undefined;
      const value = parsedObject(text);
      const token = tokenOf(text);
      if (token !== undefined && isProcessIdentity(value)) return { token, owner: value };
      if (performance.now() > end) {
        if (text !== "") {
          throw new InputError(
            `Cannot write to ${folder}: ${path} is no lock of Creel (move or delete it)`,
          );
        }
        const { ino, mtimeMs } = await fs.stat(path);
        return { token: `${ino}-${Math.round(mtimeMs)}`, owner: undefined };
      }
    } catch (error) {
      if (error instanceof InputError) throw error;
      if ((error as { code?: unknown }).code === "ENOENT") return undefined;
      throw new InputError(`Cannot read ${path}: ${reasonOf(error)}`, { cause: error });
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Checks that the process of a lock has ended. */
async function checkEnded(
  found: FoundLock,
  folder: string,
  own: ProcessIdentity,
): Promise<void> {
  if (!found.owner) return;
  const ended = await hasEnded(found.owner, own);
  if (ended === true) return;
  const remedy = ended === "unknown" ? ` (if it has ended, delete ${join(folder, LOCK)})` : "";
  throw new InputError(
    `Cannot write to ${folder}: ${textOf(found)} is simulating there${remedy}`,
  );
}

/**
 * Removes a lock file, if it still is the own one: at once, because a program that exits cannot
 * wait.
 */
function removeOwn(path: string, token: string): void {
  try {
    if (tokenOf(files.readFileSync(path, "utf8")) === token) files.unlinkSync(path);
  } catch {
    // Whoever finds the lock sees that its process has ended.
  }
}

function tokenOf(text: string): string | undefined {
  const token = parsedObject(text)?.["token"];
  return typeof token === "string" && /^[0-9a-f-]{36}$/.test(token) ? token : undefined;
}

function textOf({ owner }: FoundLock): string {
  return owner ? `process ${owner.pid} on ${owner.host}` : "a process that was interrupted";
}
