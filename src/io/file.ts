/**
 * Files on disk, in Deno and Node. The only module here, with `dataset.ts`, that a browser cannot
 * load.
 *
 * @module
 */

import {
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
import { type ByteSource, checkRange } from "./bytes.ts";

/** An open file. */
export interface FileSource extends ByteSource, AsyncDisposable {
  /** Closes the file; reading from it fails afterwards. May be called more than once. */
  close(): Promise<void>;
}

/**
 * Opens a file for reading.
 *
 * @param path The path; messages call the file by it.
 * @throws {InputError} There is no such file, it is a folder, or it may not be read.
 */
export async function openFile(path: string): Promise<FileSource> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (error) {
    throw new InputError(`Cannot read ${path}: ${reasonOf(error)}`, { cause: error });
  }
  const status = await file.stat();
  if (!status.isFile()) {
    await file.close();
    const kind = status.isDirectory() ? "a folder" : "not a regular file";
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
      checkRange(path, status.size, offset, target.length);
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
 * Names of the entries of a folder, in no particular order; undefined if the path is no folder.
 *
 * @param path The folder.
 * @throws {InputError} The folder may not be read.
 */
export async function listFolder(path: string): Promise<string[] | undefined> {
  if (!(await statusOf(path))?.isDirectory()) return undefined;
  try {
    return await readdir(path);
  } catch (error) {
    throw new InputError(`Cannot read ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

/** How {@link writeAtomically} treats a file that is there already. */
export interface WriteOptions {
  /** Replace it. Otherwise it is an error. */
  readonly force?: boolean;
}

/**
 * Checks that an output file could be written, so that a long computation does not fail at its end.
 *
 * @param path The output file.
 * @param options Whether a file that is there already may be replaced.
 * @throws {InputError} Its folder is missing, or it is there already and `force` is not set, or it
 * is a folder, a device or a pipe.
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
 * Writes a file whole or not at all: to a temporary file beside it, which is flushed to the disk
 * and then renamed. When writing fails, such as on a full disk, the temporary file is removed and
 * a file that was there before stays as it was.
 *
 * @param path The output file. A symbolic link is followed, not replaced.
 * @param data What to write; text as UTF-8.
 * @param options Whether a file that is there already may be replaced.
 * @throws {InputError} As {@link checkOutput} does, or the disk is full or may not be written.
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
  // Hidden, unlikely to be taken, and in the same folder: a rename must not cross file systems.
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

/** The file that a symbolic link leads to; the path itself when it is none or leads nowhere. */
async function linkedFile(path: string): Promise<string> {
  const status = await lstat(path).catch(() => undefined);
  return status?.isSymbolicLink() ? await realpath(path) : path;
}

/** The status of a path; undefined where there is nothing. */
export async function statusOf(path: string) {
  return await stat(path).catch(() => undefined);
}

const reasons: Readonly<Record<string, string>> = {
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

/** What the operating system said, in a few words. */
function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  const known = typeof code === "string" ? reasons[code] : undefined;
  return known ?? (error instanceof Error ? error.message : String(error));
}
