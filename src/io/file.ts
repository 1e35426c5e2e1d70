/**
 * Files on disk, in Deno and Node. Browsers can load neither this module nor `staging.ts` and
 * `dataset.ts`.
 *
 * @module
 */

// The default import, because tests replace its functions by ones that fail.
import fs, { type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { asyncDispose } from "../disposal.ts";
import { InputError } from "../errors.ts";
import { type ByteSource, checkByteRange, readBytes } from "./bytes.ts";
import { replaceAll, stage, type Staged } from "./staging.ts";
import { attempt, ifPresent } from "./system-errors.ts";

/** An open file as a byte source. */
export interface FileSource extends ByteSource, AsyncDisposable {
  /** Closes the file; later reads fail. A second call does nothing. */
  close(): Promise<void>;
}

/**
 * Opens a file for reading.
 *
 * @param path the path, which is the name in error messages
 * @throws {InputError} if there is no such file, it is a folder, or it may not be read
 */
export async function openFile(path: string): Promise<FileSource> {
  const file = await attempt("read", path, () => fs.open(path, "r"));
  const size = await sizeOf(path, file).catch(async (error) => {
    await file.close().catch(() => {});
    throw error;
  });
  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    // All that was wanted has been read: whatever the system says now, nothing is lost.
    await file.close().catch(() => {});
  };
  return {
    name: path,
    size,
    close,
    [asyncDispose]: close,
    async read(offset, target) {
      checkByteRange(path, size, offset, target.length);
      let done = 0;
      while (done < target.length) {
        const { bytesRead } = await attempt(
          "read",
          path,
          () => file.read(target, done, target.length - done, offset + done),
        );
        if (bytesRead === 0) {
          throw new InputError(`Cannot read ${path}: it became shorter since it was opened`);
        }
        done += bytesRead;
      }
    },
  };
}

/** The size of an open file, which must be a regular one. */
async function sizeOf(path: string, file: FileHandle): Promise<number> {
  const status = await attempt("read", path, () => file.stat());
  if (status.isFile()) return status.size;
  const kind = status.isDirectory() ? "a folder" : "not a regular file";
  throw new InputError(`Cannot read ${path}: it is ${kind}`);
}

/**
 * Reads a file as text in UTF-8; returns undefined if it does not exist.
 *
 * @param path the file
 * @throws {InputError} if the file may not be read
 */
export async function readText(path: string): Promise<string | undefined> {
  if (!(await statusOf(path))) return undefined;
  const file = await openFile(path);
  try {
    return new TextDecoder().decode(await readBytes(file, 0, file.size));
  } finally {
    await file.close();
  }
}

/**
 * Lists the names of the entries of a folder, in no particular order; returns undefined if the path
 * is not a folder.
 *
 * @param path the folder
 * @throws {InputError} if the folder may not be read
 */
export async function listFolder(path: string): Promise<string[] | undefined> {
  if (!(await statusOf(path))?.isDirectory()) return undefined;
  return await attempt("read", path, () => fs.readdir(path));
}

/**
 * Creates a folder, and the folders above it; a folder that exists stays as it is.
 *
 * @param path the folder
 * @returns whether the folder is a new one
 * @throws {InputError} if it cannot be created
 */
export async function makeFolder(path: string): Promise<boolean> {
  const first = await attempt(
    "create the folder",
    path,
    () => fs.mkdir(path, { recursive: true }),
  );
  return first !== undefined;
}

/**
 * Removes a file, or a folder with all that is in it; what does not exist is no error.
 *
 * @param path the file or folder
 * @throws {InputError} if it cannot be removed
 */
export async function removeAll(path: string): Promise<void> {
  await attempt("remove", path, () => fs.rm(path, { recursive: true, force: true }));
}

/** The options of {@link writeAtomically}. */
export interface WriteOptions {
  /** Whether to replace an existing file, which is an error otherwise. Default false. */
  readonly force?: boolean;
}

/**
 * Checks that an output file can be written, so that a long computation does not fail at its end.
 *
 * @param path the path of the output file
 * @param options whether an existing file may be replaced
 * @throws {InputError} if the folder does not exist, the file exists and `force` is not set, or it
 * is a folder, a device or a pipe
 */
export async function checkOutput(path: string, options: WriteOptions = {}): Promise<void> {
  const folder = dirname(path);
  const folderStatus = await statusOf(folder);
  if (!folderStatus?.isDirectory()) {
    const what = folderStatus === undefined ? "does not exist" : "is not a folder";
    throw new InputError(`Cannot write ${path}: the folder ${folder} ${what}`);
  }
  const status = await statusOf(path);
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
 * Writes files into a folder, which is created if it does not exist: all of them, or none. Each is
 * written atomically, as by {@linkcode writeAtomically}.
 *
 * @param folder the folder
 * @param contents the contents of the files by their names
 * @param options whether existing files may be replaced
 * @throws {InputError} as {@linkcode writeAtomically}, or if the folder cannot be created; then the
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
      await checkOutput(path, options);
      staged.push(await stage(path, data));
    }
    await replaceAll(staged);
  } finally {
    for (const { temporary } of staged) await fs.unlink(temporary).catch(() => {});
  }
}

/**
 * Returns the status of a path, or undefined if it does not exist.
 *
 * @throws {InputError} if that cannot be found out, such as in a folder that may not be read
 */
export async function statusOf(path: string) {
  return await attempt("read", path, () => ifPresent(() => fs.stat(path)));
}
