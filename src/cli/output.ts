/**
 * Standard output and standard error. All output of the command line goes through this module, with
 * control characters escaped.
 *
 * @module
 */

import { stderr, stdout } from "node:process";
import { InputError } from "../errors.ts";
import { reasonOf } from "../io/system-errors.ts";
import { visible } from "./visible.ts";

/**
 * Thrown if nobody reads standard output any more, as after `creel strategies | head -1`. The
 * command line ends without a message.
 */
export class ClosedOutputError extends Error {
  /** The class name, so that the error survives serialization. */
  override readonly name = "ClosedOutputError";
}

/** Errors of streams are also events, and an event that nobody handles ends the program. */
const ignore = () => {};

/**
 * Writes a text to standard output, and waits until it is written.
 *
 * @throws {InputError} if it cannot be written, such as on a full disk
 * @throws {ClosedOutputError} if its reader has ended
 */
export async function print(text: string): Promise<void> {
  stdout.off("error", ignore).on("error", ignore);
  try {
    await new Promise<void>((resolve, reject) => {
      stdout.write(visible(text), (error) => error ? reject(error) : resolve());
    });
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code === "EPIPE") {
      throw new ClosedOutputError("The reader of standard output has ended", { cause: error });
    }
    throw new InputError(`Cannot write to standard output: ${reasonOf(error)}`, { cause: error });
  }
}

/** Writes a text to standard error. Failures are ignored, because no place is left to say so. */
export function warn(text: string): void {
  draw(visible(text));
}

/** As {@linkcode warn}, with control characters as they are, for the progress bar. */
export function draw(text: string): void {
  stderr.off("error", ignore).on("error", ignore);
  try {
    stderr.write(text);
  } catch {
    // A full disk or a closed terminal.
  }
}
