/**
 * Output files and folders, in Deno and Node: what is checked before the work whose results go
 * there, and writing them completely or not at all.
 *
 * @module
 */

import { link, lstat, mkdir, open, realpath, rename, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { InputError } from "../errors.ts";
import { listFolder, reasonOf, statusOf } from "./file.ts";

/** The options of {@link writeAtomically}. */
export interface WriteOptions {
  /** Whether to replace an existing file, which is an error otherwise. Default false. */
  readonly force?: boolean;
}

/** The options of {@link checkOutput}. */
export interface OutputOptions extends WriteOptions {
  /** The files and folders that are read, none of which the output may replace. Default none. */
  readonly inputs?: readonly string[];
}

/**
 * Checks that an output file can be written, so that a long computation does not fail at its end. A
 * temporary file is made in its folder and removed again, because permissions alone do not reveal
 * read-only file systems.
 *
 * @param path the path of the output file
 * @param options whether an existing file may be replaced, and the inputs
 * @throws {InputError} if the folder does not exist or may not be written, the name is not
 * possible, the file is an input, exists and `force` is not set, or is a folder, a device, a pipe
 * or a symbolic link to a missing file
 */
export async function checkOutput(path: string, options: OutputOptions = {}): Promise<void> {
  await checkNoInput(path, options.inputs ?? []);
  await checkTarget(path, options);
  await tryFolder(path, dirname(await linkedFile(path)));
}

/**
 * Checks that files can be written to a folder that exists, or that can be made in a folder that
 * exists. A temporary file is made and removed again, as by {@link checkOutput}.
 *
 * @param folder the path of the folder
 * @throws {InputError} if its parent folder does not exist, it is no folder, its name is not
 * possible, or it may not be written
 */
export async function checkOutputFolder(folder: string): Promise<void> {
  const status = await lookUp(folder, `write to ${folder}`);
  if (status) {
    if (status.isDirectory()) return await tryFolder(folder, folder);
    throw new InputError(`Cannot write to ${folder}: it is not a folder`);
  }
  const parent = dirname(folder);
  if (!(await statusOf(parent))?.isDirectory()) {
    throw new InputError(`Cannot write to ${folder}: the folder ${parent} does not exist`);
  }
  await tryFolder(folder, parent);
}

/**
 * Makes a folder, unless it exists.
 *
 * @throws {InputError} if the file system refuses
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new InputError(`Cannot make the folder ${folder}: ${reasonOf(error)}`, { cause: error });
  }
}

/**
 * Checks that an output is none of the inputs, whose contents would be lost: neither the same path,
 * nor the same file through links.
 *
 * @param path the path of the output file
 * @param inputs the paths of files, and of folders with .parquet files
 * @throws {InputError} if it is one
 */
export async function checkNoInput(path: string, inputs: readonly string[]): Promise<void> {
  const output = await identityOf(path);
  if (output === undefined) return;
  for (const input of inputs) {
    const shards = (await listFolder(input))?.filter((name) => /\.parquet$/i.test(name));
    for (const file of shards?.map((name) => join(input, name)) ?? [input]) {
      if (await identityOf(file) !== output) continue;
      const which = file === path ? "it is an input" : `it is the same file as the input ${file}`;
      throw new InputError(`Cannot write ${path}: ${which}`);
    }
  }
}

/** What two paths have in common if they lead to the same file; undefined if there is none. */
async function identityOf(path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    // Some file systems do not number their files, and then 0 is the number of all.
    return ino === 0n ? await realpath(path) : `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

/** Checks the name of an output file, its folder, and the file that it would replace. */
async function checkTarget(path: string, options: WriteOptions): Promise<void> {
  const status = await lookUp(path, `write ${path}`);
  const folder = dirname(path);
  const folderStatus = await statusOf(folder);
  if (!folderStatus?.isDirectory()) {
    const what = folderStatus === undefined ? "does not exist" : "is not a folder";
    throw new InputError(`Cannot write ${path}: the folder ${folder} ${what}`);
  }
  if (status === undefined) return;
  if (!status.isFile()) {
    const kind = status.isDirectory() ? "a folder" : "not a regular file";
    throw new InputError(`Cannot write ${path}: it is ${kind}`);
  }
  if (options.force !== true) {
    throw new InputError(`Cannot write ${path}: it exists, and --force replaces it`);
  }
}

/**
 * Looks up the path of an output; returns undefined if nothing is there.
 *
 * @param path the path
 * @param action the action that is not possible otherwise, for messages
 */
async function lookUp(path: string, action: string) {
  if (path === "") throw new InputError("Cannot write to a file or folder without a name");
  try {
    return await stat(path);
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code !== "ENOENT" && code !== "ENOTDIR") {
      throw new InputError(`Cannot ${action}: ${reasonOf(error)}`, { cause: error });
    }
  }
  if (await lstat(path).catch(() => undefined)) {
    throw new InputError(`Cannot ${action}: it is a symbolic link to a missing file`);
  }
  return undefined;
}

/** Checks that a file can be made in a folder, for the sake of an output. */
async function tryFolder(output: string, folder: string): Promise<void> {
  const temporary = temporaryIn(folder);
  try {
    await (await open(temporary, "wx")).close();
  } catch (error) {
    const { code } = error as { code?: unknown };
    const reason = code === "ENOENT" ? "the file system refuses it" : reasonOf(error);
    throw new InputError(
      `Cannot write ${output === folder ? "to " : ""}${output}: no file can be made in ` +
        `${output === folder ? "it" : folder} (${reason})`,
      { cause: error },
    );
  }
  await unlink(temporary).catch(() => {});
}

/** A hidden, unused name in a folder. */
function temporaryIn(folder: string): string {
  return join(folder, `.creel-${crypto.randomUUID().slice(0, 8)}.tmp`);
}

/**
 * Removes temporary files that a killed process left behind in a folder, into which no other
 * process writes.
 */
export async function removeTemporaries(folder: string): Promise<void> {
  for (const name of await listFolder(folder) ?? []) {
    if (/^\.creel-[0-9a-f]{8}\.tmp$/.test(name)) await unlink(join(folder, name)).catch(() => {});
  }
}

/**
 * Writes a file atomically: to a temporary file in the same folder, which is flushed to the disk
 * and then renamed. If writing fails, such as on a full disk, the temporary file is removed and an
 * existing file is not changed.
 *
 * @param path the path of the output file; a symbolic link is followed, not replaced
 * @param data the contents; text is encoded as UTF-8
 * @param options whether an existing file may be replaced
 * @throws {InputError} as {@link checkOutput}, or if the disk is full or may not be written
 */
export async function writeAtomically(
  path: string,
  data: string | Uint8Array,
  options: WriteOptions = {},
): Promise<void> {
  await checkTarget(path, options);
  try {
    await put(await linkedFile(path), data, options);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`Cannot write ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

async function put(path: string, data: string | Uint8Array, options: WriteOptions): Promise<void> {
  // In the same folder, because a rename must not cross file systems.
  const temporary = temporaryIn(dirname(path));
  const mode = (await statusOf(path))?.mode ?? 0o666;
  const file = await open(temporary, "wx", mode & 0o777);
  try {
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    if (options.force !== true) await giveName(temporary, path);
    else await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
}

/** Gives a file a name that no other file has, not even one that has just been made. */
async function giveName(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (error) {
    // Where there are no links, a look right before has to do.
    const taken = (error as { code?: unknown }).code === "EEXIST";
    if (taken || await statusOf(path)) await checkTarget(path, {});
    return await rename(temporary, path);
  }
  await unlink(temporary);
}

/** Resolves a symbolic link; returns the path itself if it is not a link, or a broken one. */
async function linkedFile(path: string): Promise<string> {
  const status = await lstat(path).catch(() => undefined);
  return status?.isSymbolicLink() ? await realpath(path) : path;
}
