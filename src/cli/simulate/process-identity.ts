/**
 * Recognizes a process again, also after it has ended and its number belongs to another one.
 *
 * @module
 */

// The default import, because tests replace its functions by ones that fail.
import fs from "node:fs/promises";
import { hostname } from "node:os";
import process from "node:process";

/** A process on one of the computers that share a folder. */
export interface ProcessIdentity {
  /** The number of the process. */
  readonly pid: number;
  /** The name of the computer. */
  readonly host: string;
  /** The run of the computer from one start to the next, where the system names it (Linux). */
  readonly boot?: string | undefined;
  /** The container whose numbers of processes these are, where the system names it (Linux). */
  readonly container?: string | undefined;
  /** When the process was started, in ticks since the start of the computer (Linux). */
  readonly start?: string | undefined;
}

/** Stands for the name of a computer that may not be read. */
const NAMELESS = "an unknown computer";

/** The identity of this process. */
export async function thisProcess(): Promise<ProcessIdentity> {
  const [boot, container, status] = await Promise.all([
    fs.readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => undefined),
    fs.readlink("/proc/self/ns/pid").catch(() => undefined),
    statusOfProcess(process.pid),
  ]);
  const { pid } = process;
  return { pid, host: nameOfHost(), boot: boot?.trim(), container, start: status?.start };
}

/** Checks whether a value, such as a result of `JSON.parse`, is the identity of a process. */
export function isProcessIdentity(value: unknown): value is ProcessIdentity {
  if (typeof value !== "object" || value === null) return false;
  const { pid, host, boot, container, start } = value as Record<string, unknown>;
  return Number.isSafeInteger(pid) && (pid as number) > 0 && typeof host === "string" &&
    [boot, container, start].every((text) => text === undefined || typeof text === "string");
}

/**
 * Tells whether a process has ended.
 *
 * @param other the process
 * @param own this process
 * @returns `unknown` for a process on another computer or in another container
 */
export async function hasEnded(
  other: ProcessIdentity,
  own: ProcessIdentity,
): Promise<boolean | "unknown"> {
  if (other.host !== own.host || own.host === NAMELESS) return "unknown";
  if (other.boot !== own.boot) return true;
  if (other.container !== own.container) return "unknown";
  try {
    process.kill(other.pid, 0);
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === "ESRCH") return true;
    // The process of another user.
    if (code !== "EPERM") return "unknown";
  }
  const status = await statusOfProcess(other.pid);
  if (status === undefined || other.start === undefined) return false;
  return status.state === "Z" || status.start !== other.start;
}

/** The state of a process on Linux (Z: it has ended), and when it was started. */
async function statusOfProcess(
  pid: number,
): Promise<{ state: string; start: string } | undefined> {
  try {
    const text = await fs.readFile(`/proc/${pid}/stat`, "utf8");
    // The name of the program, in parentheses, may contain anything.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0]!, start: fields[19]! };
  } catch {
    return undefined;
  }
}

function nameOfHost(): string {
  try {
    // Deno asks for a permission of its own, and throws without it.
    return hostname();
  } catch {
    return NAMELESS;
  }
}
