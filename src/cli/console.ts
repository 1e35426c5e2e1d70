/**
 * What a command shows on stderr: notes, and a progress bar where stderr is a terminal.
 *
 * @module
 */

import { stderr } from "node:process";
import type { Progress } from "../device/recording.ts";

/** Columns of the bar itself. */
const BAR = 24;

/** Where a command's notes and progress go. */
export interface Console {
  /** One line for the person, not for programs. */
  note(text: string): void;
  /** Shows how far a phase is. */
  readonly progress: Progress;
  /** Removes the progress bar. */
  clear(): void;
}

/** A console on stderr; a quiet one shows nothing. */
export function openConsole(quiet: boolean): Console {
  const draws = !quiet && stderr.isTTY;
  let drawn = false;
  const clear = () => {
    if (drawn) stderr.write("\r\x1b[K");
    drawn = false;
  };
  return {
    clear,
    note(text) {
      clear();
      if (!quiet) stderr.write(`${text}\n`);
    },
    progress(phase, done, total) {
      if (!draws) return;
      if (done >= total) return clear();
      const filled = Math.round(BAR * done / total);
      const bar = "#".repeat(filled).padEnd(BAR, ".");
      stderr.write(`\r\x1b[K${phase.padEnd(12)} [${bar}] ${done}/${total}`);
      drawn = true;
    },
  };
}
