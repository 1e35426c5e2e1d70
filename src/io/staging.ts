/**
 * Replacing files all together: their new contents are first written to temporary files, which are
 * then renamed.
 *
 * @module
 */

// The default import, because tests replace its functions by ones that fail.
import fs from "node:fs/promises";
import { dirname, join } from "node:path";
import { InputError } from "../errors.ts";
import { attempt, ifPresent } from "./system-errors.ts";

/** A file whose new contents are in a temporary file beside it. */
export interface Staged {
  /** The path for messages. */
  readonly path: string;
  /** The file to replace: the path, or the file that it links to. */
  readonly target: string;
  /** The temporary file. */
  readonly temporary: string;
}

/**
 * Writes the contents of a file to a temporary file, which is flushed to the disk. If that fails,
 * the temporary file is removed.
 *
 * @throws {InputError} if the disk is full or may not be written
 */
export async function stage(path: string, data: string | Uint8Array): Promise<Staged> {
  return await attempt("write", path, async () => {
    const target = await linkedFile(path);
    const temporary = temporaryIn(dirname(target));
    const mode = (await ifPresent(() => fs.stat(target)))?.mode ?? 0o666;
    const file = await fs.open(temporary, "wx", mode & 0o777);
    try {
      try {
        await file.writeFile(data);
        await file.sync();
      } finally {
        await file.close();
      }
    } catch (error) {
      await fs.unlink(temporary).catch(() => {});
      throw error;
    }
    return { path, target, temporary };
  });
}

/**
 * Gives the temporary files their names. If that fails for one, the files before it are restored.
 *
 * @param staged the files
 * @param force whether existing files may be replaced
 * @throws {InputError} if a file cannot be named, or exists and may not be replaced
 */
export async function replaceAll(staged: readonly Staged[], force: boolean): Promise<void> {
  const undo: (() => Promise<void>)[] = [];
  const backups: string[] = [];
  try {
    for (const { path, target, temporary } of staged) {
      const step = staged.length > 1 ? await restoring(target, backups) : undefined;
      await attempt("write", path, async () => {
        if (force) await fs.rename(temporary, target);
        else await giveName(temporary, target, path);
      });
      if (step) undo.push(step);
    }
  } catch (error) {
    for (const step of undo.reverse()) await step().catch(() => {});
    throw error;
  } finally {
    for (const backup of backups) await fs.unlink(backup).catch(() => {});
  }
}

/** The step that restores a file after it is replaced; its backup is added to the others. */
async function restoring(
  target: string,
  backups: string[],
): Promise<(() => Promise<void>) | undefined> {
  const status = await attempt("write", target, () => ifPresent(() => fs.stat(target)));
  if (!status) return () => fs.unlink(target);
  const backup = temporaryIn(dirname(target));
  try {
    await fs.link(target, backup);
  } catch {
    return undefined; // Some file systems have no links.
  }
  backups.push(backup);
  return () => fs.rename(backup, target);
}

/** A hidden, unused name in a folder: in the same one, because a rename must not cross disks. */
export function temporaryIn(folder: string): string {
  return join(folder, `.creel-${crypto.randomUUID().slice(0, 8)}.tmp`);
}

/** Returns whether a name is that of a temporary file. */
export function isTemporary(name: string): boolean {
  return /^\.creel-[0-9a-f]{8}\.tmp$/.test(name);
}

/** Gives a file a name that no other file has, not even one that has just been made. */
async function giveName(temporary: string, target: string, path: string): Promise<void> {
  try {
    await fs.link(temporary, target);
  } catch (error) {
    // Where there are no links, a look right before has to do.
    const taken = (error as { code?: unknown }).code === "EEXIST";
    if (taken || await ifPresent(() => fs.stat(target))) {
      throw new InputError(`Cannot write ${path}: it exists, and --force replaces it`);
    }
    return await fs.rename(temporary, target);
  }
  await fs.unlink(temporary);
}

/** Resolves a symbolic link; returns the path itself if it is not a link, or does not exist. */
export async function linkedFile(path: string): Promise<string> {
  const status = await ifPresent(() => fs.lstat(path));
  return status?.isSymbolicLink() ? await fs.realpath(path) : path;
}
