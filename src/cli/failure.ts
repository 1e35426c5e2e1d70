/**
 * The ends of the command line: what it says about an error, and with which exit status it ends.
 *
 * @module
 */

import { inspect } from "node:util";
import { DeviceError, InputError } from "../errors.ts";
import { shortened } from "../shortened.ts";
import { ClosedOutputError, warn } from "./output.ts";
import { VERSION } from "./version.ts";
import { visibleLine } from "./visible.ts";

/** The exit statuses, for the help. */
export const STATUSES: readonly (readonly [status: number, meaning: string])[] = [
  [0, "success"],
  [2, "wrong arguments or input, or a file that cannot be read or written"],
  [3, "an error of the device"],
  [70, "an error that nobody foresaw; please report it"],
  [130, "interrupted by Ctrl-C"],
  [141, "the reader of standard output has ended, as in creel ... | head -1"],
];

/** The most characters of a message. */
const MAX_MESSAGE_LENGTH = 2000;

/** What the message of an error says. */
export interface Circumstances {
  /** The command, such as `select`; undefined if none was running. */
  readonly command: string | undefined;
  /** Whether the details of the error follow its message. */
  readonly verbose: boolean;
}

/**
 * Writes the message of an error to stderr: one sentence, unless it is the error of a shader, which
 * shows the source. An error that nobody foresaw is not shown, because its text may contain private
 * data: the sentence asks for a report, and `--verbose` has the details.
 *
 * @returns the exit status
 */
export function explain(thrown: unknown, { command, verbose }: Circumstances): number {
  const error = firstOf(thrown);
  if (error instanceof ClosedOutputError) return 141;
  const [status, message] = described(error, command);
  // A name in a damaged file can be a megabyte long.
  warn(`creel: ${shortened(message, MAX_MESSAGE_LENGTH)}\n`);
  if (verbose) warn(`${inspect(thrown)}\n`);
  return status;
}

function described(error: unknown, command: string | undefined): readonly [number, string] {
  if (error instanceof InputError) return [2, visibleLine(error.message)];
  if (error instanceof DeviceError) return [3, error.message];
  if (error instanceof DOMException && error.name === "AbortError") {
    const explained = error.message.startsWith("Interrupted");
    return [130, explained ? visibleLine(error.message) : "Interrupted: nothing was written"];
  }
  const kind = error instanceof Error ? visibleLine(error.name) : "error";
  const where = command === undefined ? "creel" : `creel ${command}`;
  return [
    70,
    `An unforeseen ${kind} stopped ${where} of version ${VERSION}: please report it, with what the ` +
    "same command prints after --verbose",
  ];
}

/** The error that came first, where another one followed while resources were freed. */
function firstOf(thrown: unknown): unknown {
  let error = thrown;
  while (error instanceof SuppressedError) error = error.suppressed;
  return error;
}
