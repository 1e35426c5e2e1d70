/**
 * Files on disk, in Deno and Node. Browsers can load neither this module nor `dataset.ts`.
 *
 * @module
 */

import {
  constants,
  type FileHandle,
  lstat,
  open,
  readdir,
  realpath,
  rename,
  stat,
  unlink,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { asyncDispose } from "../disposal.ts";
import { InputError } from "../errors.ts";
import { type ByteSource, checkByteRange } from "./bytes.ts";

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
  let file: FileHandle;
  try {
    // Without O_NONBLOCK, opening a pipe that nobody writes to would wait without end.
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    throw new InputError(`Cannot read ${path}: ${reasonOf(error)}`, { cause: error });
  }
  const status = await file.stat();
  if (!status.isFile()) {
    await file.close();
    const kind = status.isDirectory()
      ? "a folder"
      : status.isFIFO()
      ? "a pipe, and only files can be read"
      : "not a regular file";
    throw new InputError(`Cannot read ${path}: it is ${kind}`);
  }
  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    await file.close();
  };
  return {
    name: path,
    size: status.size,
    close,
    [asyncDispose]: close,
    async read(offset, target) {
      checkByteRange(path, status.size, offset, target.length);
      let done = 0;
      while (done < target.length) {
        const { bytesRead } = await file.read(target, done, target.length - done, offset + done);
        if (bytesRead === 0) {
          throw new InputError(`Cannot read ${path}: it became shorter since it was opened`);
        }
        done += bytesRead;
      }
    },
  };
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
  try {
    return await readdir(path);
  } catch (error) {
    throw new InputError(`Cannot read ${path}: ${reasonOf(error)}`, { cause: error });
  }
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
  await checkOutput(path, options);
  try {
    await replace(await linkedFile(path), data);
  } catch (error) {
    throw new InputError(`Cannot write ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

async function replace(path: string, data: string | Uint8Array): Promise<void> {
  // A hidden, unused name in the same folder: a rename must not cross file systems.
  const temporary = join(
    dirname(path),
    `.${basename(path)}.${crypto.randomUUID().slice(0, 8)}.tmp`,
  );
  const mode = (await statusOf(path))?.mode ?? 0o666;
  const file = await open(temporary, "wx", mode & 0o777);
  try {
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
}

/** Resolves a symbolic link; returns the path itself if it is not a link, or a broken one. */
async function linkedFile(path: string): Promise<string> {
  const status = await lstat(path).catch(() => undefined);
  return status?.isSymbolicLink() ? await realpath(path) : path;
}

/** Returns the status of a path, or undefined if it does not exist. */
export async function statusOf(path: string) {
  return await stat(path).catch(() => undefined);
}

/** The reasons of system errors, for error messages. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "it does not exist",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is not a folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would be larger than the limit",
  EMFILE: "too many files are open",
  EIO: "the disk failed",
};

/** Returns the reason of a system error in a few words. */
function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  const known = typeof code === "string" ? REASONS[code] : undefined;
  return known ?? (error instanceof Error ? error.message : String(error));
}
