/**
 * Files on disk, in Deno and Node. Browsers can load neither this module nor `output.ts`
 * and `dataset.ts`.
 *
 * @module
 */

import { constants, type FileHandle, open, readdir, stat } from "node:fs/promises";
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
  ENAMETOOLONG: "its name is too long",
  ELOOP: "its symbolic links lead in a circle",
  ERR_INVALID_ARG_VALUE: "its name has a NUL character",
};

/** Returns the reason of a system error in a few words. */
export function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  const known = typeof code === "string" ? REASONS[code] : undefined;
  return known ?? (error instanceof Error ? error.message : String(error));
}
