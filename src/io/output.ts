/**
 * Output files and folders, in Deno and Node: what is checked before the work whose results go
 * there, and writing them completely or not at all.
 *
 * @module
 */

// The default import, because tests replace its functions by ones that fail.
import fs from "node:fs/promises";
import { dirname, join } from "node:path";
import { InputError } from "../errors.ts";
import { listFolder, statusOf } from "./file.ts";
import { isTemporary, linkedFile, replaceAll, stage, type Staged, temporaryIn } from "./staging.ts";
import { attempt, ifPresent, reasonOf } from "./system-errors.ts";

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
  await tryFolder(path, dirname(await attempt("write", path, () => linkedFile(path))));
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
 * Makes a folder and the folders above it, unless it exists.
 *
 * @param folder the path of the folder
 * @returns whether the folder is a new one
 * @throws {InputError} if the file system refuses
 */
export async function makeFolder(folder: string): Promise<boolean> {
  const first = await attempt(
    "make the folder",
    folder,
    () => fs.mkdir(folder, { recursive: true }),
  );
  return first !== undefined;
}

/**
 * Removes a file.
 *
 * @throws {InputError} if the file system refuses
 */
export async function removeFile(path: string): Promise<void> {
  await attempt("remove", path, () => fs.unlink(path));
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
  const output = await identityOf(path, "write");
  if (output === undefined) return;
  for (const input of inputs) {
    const shards = (await listFolder(input))?.filter((name) => /\.parquet$/i.test(name));
    for (const file of shards?.map((name) => join(input, name)) ?? [input]) {
      if (await identityOf(file, "read") !== output) continue;
      const which = file === path ? "it is an input" : `it is the same file as the input ${file}`;
      throw new InputError(`Cannot write ${path}: ${which}`);
    }
  }
}

/** What two paths have in common if they lead to the same file; undefined if there is none. */
async function identityOf(path: string, action: "read" | "write"): Promise<string | undefined> {
  return await attempt(action, path, () =>
    ifPresent(async () => {
      const { dev, ino } = await fs.stat(path, { bigint: true });
      // Some file systems do not number their files, and then 0 is the number of all.
      return ino === 0n ? await fs.realpath(path) : `${dev}:${ino}`;
    }));
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
    const status = await ifPresent(() => fs.stat(path));
    if (status || !(await ifPresent(() => fs.lstat(path)))) return status;
  } catch (error) {
    throw new InputError(`Cannot ${action}: ${reasonOf(error)}`, { cause: error });
  }
  throw new InputError(`Cannot ${action}: it is a symbolic link to a missing file`);
}

/** Checks that a file can be made in a folder, for the sake of an output. */
async function tryFolder(output: string, folder: string): Promise<void> {
  const temporary = temporaryIn(folder);
  try {
    const file = await fs.open(temporary, "wx");
    await file.close().catch(() => {}); // Nothing was written.
  } catch (error) {
    const { code } = error as { code?: unknown };
    const reason = code === "ENOENT" ? "the file system refuses it" : reasonOf(error);
    throw new InputError(
      `Cannot write ${output === folder ? "to " : ""}${output}: no file can be made in ` +
        `${output === folder ? "it" : folder} (${reason})`,
      { cause: error },
    );
  }
  await fs.unlink(temporary).catch(() => {});
}

/**
 * Removes temporary files that a killed process left behind in a folder, into which no other
 * process writes.
 */
export async function removeTemporaries(folder: string): Promise<void> {
  for (const name of await listFolder(folder) ?? []) {
    if (isTemporary(name)) await fs.unlink(join(folder, name)).catch(() => {});
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
  await writeTogether([[path, data]], options);
}

/**
 * Writes files into a folder, which is made if it does not exist: all of them, or none. Each is
 * written atomically, as by {@linkcode writeAtomically}.
 *
 * @param folder the folder
 * @param contents the contents of the files by their names
 * @param options whether existing files may be replaced
 * @throws {InputError} as {@linkcode writeAtomically}, or if the folder cannot be made; then the
 * folder holds what it held before
 */
export async function writeFiles(
  folder: string,
  contents: Readonly<Record<string, string | Uint8Array>>,
  options: WriteOptions = {},
): Promise<void> {
  const made = await makeFolder(folder);
  try {
    const files = Object.entries(contents).map(([name, data]) =>
      [join(folder, name), data] as const
    );
    await writeTogether(files, options);
  } catch (error) {
    if (made) await fs.rmdir(folder).catch(() => {});
    throw error;
  }
}

async function writeTogether(
  files: readonly (readonly [path: string, data: string | Uint8Array])[],
  options: WriteOptions,
): Promise<void> {
  const staged: Staged[] = [];
  try {
    for (const [path, data] of files) {
      await checkTarget(path, options);
      staged.push(await stage(path, data));
    }
    await replaceAll(staged, options.force === true);
  } finally {
    for (const { temporary } of staged) await fs.unlink(temporary).catch(() => {});
  }
}
