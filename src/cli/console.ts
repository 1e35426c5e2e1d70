/**
 * Output on stderr: notes, and a progress bar if stderr is a terminal.
 *
 * @module
 */

import { stderr } from "node:process";
import type { Progress } from "../device/recording.ts";
import { draw, warn } from "./output.ts";
import { visibleLine } from "./visible.ts";

/** The width of the bar, in columns. */
const BAR = 24;

/** The notes and the progress of a command. */
export interface Console {
  /** Writes one line for the user. */
  note(text: string): void;
  /** Shows the progress of a phase. */
  readonly progress: Progress;
  /** Removes the progress bar. */
  clear(): void;
}

/** Creates a console on stderr; a quiet one writes nothing. */
export function openConsole(quiet: boolean): Console {
  const draws = !quiet && stderr.isTTY;
  let drawn = false;
  const clear = () => {
    if (drawn) draw("\r\x1b[K");
    drawn = false;
  };
  return {
    clear,
    note(text) {
      clear();
      if (!quiet) warn(`${visibleLine(text)}\n`);
    },
    progress(phase, done, total) {
      if (!draws) return;
      if (done >= total) return clear();
      const filled = Math.round(BAR * done / total);
      const bar = "#".repeat(filled).padEnd(BAR, ".");
      draw(`\r\x1b[K${visibleLine(phase).padEnd(12)} [${bar}] ${done}/${total}`);
      drawn = true;
    },
  };
}
