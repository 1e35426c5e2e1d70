/**
 * Errors of the operating system, as sentences.
 *
 * @module
 */

import { InputError } from "../errors.ts";

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

/**
 * Takes a step that the operating system may refuse.
 *
 * @param action what the step does to the path, for the message, such as `read` or `write`
 * @param path the file or folder
 * @param step the step
 * @throws {InputError} if the step fails: its own InputError, or one with the action, the path and
 * the reason
 */
export async function attempt<T>(
  action: string,
  path: string,
  step: () => Promise<T>,
): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw refused(action, path, error);
  }
}

/** Takes a step that does not wait; see {@linkcode attempt}. */
export function attemptSync<T>(action: string, path: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw refused(action, path, error);
  }
}

function refused(action: string, path: string, error: unknown): InputError {
  if (error instanceof InputError) return error;
  return new InputError(`Cannot ${action} ${path}: ${reasonOf(error)}`, { cause: error });
}

/** The result of a step, or undefined if it fails because there is no such file. */
export async function ifPresent<T>(step: () => Promise<T>): Promise<T | undefined> {
  try {
    return await step();
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}
