/**
 * Reading files from disk, in Deno and Node; `output.ts` writes them. Browsers can load neither of
 * these modules, nor `dataset.ts`.
 *
 * @module
 */

import fsSync from "node:fs";
// The default import, because tests replace its functions by ones that fail.
import fs, { type FileHandle } from "node:fs/promises";
import { asyncDispose } from "../disposal.ts";
import { InputError } from "../errors.ts";
import { type ByteSource, checkByteRange, readBytes } from "./bytes.ts";
import { attempt, attemptSync, ifPresent } from "./system-errors.ts";

/** An open file as a byte source. */
export interface FileSource extends ByteSource, AsyncDisposable {
  /** Closes the file; later reads fail. A second call does nothing. */
  close(): Promise<void>;
}

/** Opens a file. Without O_NONBLOCK this would wait for a pipe that nobody writes to. */
async function open(path: string): Promise<FileHandle> {
  return await fs.open(path, fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0));
}

/**
 * Opens a file for reading.
 *
 * @param path the path, which is the name in error messages
 * @throws {InputError} if there is no such file, it is a folder, or it may not be read
 */
export async function openFile(path: string): Promise<FileSource> {
  return await sourceOf(path, await attempt("read", path, () => open(path)));
}

async function sourceOf(path: string, file: FileHandle): Promise<FileSource> {
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
  const shorter = () =>
    new InputError(`Cannot read ${path}: it became shorter since it was opened`);
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
        if (bytesRead === 0) throw shorter();
        done += bytesRead;
      }
    },
    readSync(offset, target) {
      checkByteRange(path, size, offset, target.length);
      for (let done = 0; done < target.length;) {
        const bytesRead = attemptSync(
          "read",
          path,
          () => fsSync.readSync(file.fd, target, done, target.length - done, offset + done),
        );
        if (bytesRead === 0) throw shorter();
        done += bytesRead;
      }
    },
  };
}

/** The size of an open file, which must be a regular one. */
async function sizeOf(path: string, file: FileHandle): Promise<number> {
  const status = await attempt("read", path, () => file.stat());
  if (status.isFile()) return status.size;
  const kind = status.isDirectory()
    ? "a folder"
    : status.isFIFO()
    ? "a pipe, and only files can be read"
    : "not a regular file";
  throw new InputError(`Cannot read ${path}: it is ${kind}`);
}

/**
 * Reads a file as text in UTF-8; returns undefined if it does not exist.
 *
 * @param path the file
 * @throws {InputError} if the file may not be read
 */
export async function readText(path: string): Promise<string | undefined> {
  const opened = await attempt("read", path, () => ifPresent(() => open(path)));
  if (opened === undefined) return undefined;
  await using file = await sourceOf(path, opened);
  return new TextDecoder().decode(await readBytes(file, 0, file.size));
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
 * Returns the status of a path, or undefined if it does not exist.
 *
 * @throws {InputError} if that cannot be found out, such as in a folder that may not be read
 */
export async function statusOf(path: string) {
  return await attempt("read", path, () => ifPresent(() => fs.stat(path)));
}
