/**
 * What the keys do on the page where samples are labeled.
 *
 * @module
 */

import { labelCurrent, move, skipCurrent, undo } from "./actions.ts";
import * as store from "./store.ts";

/** Listens to the keys of the whole page. */
export function listenToKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.key === "?") store.help.value = !store.help.value;
    else if (store.help.value || store.view.value !== "label" || !act(event.key)) return;
    event.preventDefault();
  });
}

/** Does what a key means; returns whether it means anything. */
function act(key: string): boolean {
  const label = store.classKeys.value.indexOf(key.toLowerCase());
  if (label >= 0) void labelCurrent(label);
  else if (key === "Backspace") void undo();
  else if (key === "s") void skipCurrent();
  else if (key === "ArrowLeft") moveAndFocus(-1);
  else if (key === "ArrowRight") moveAndFocus(1);
  else if (key === "ArrowUp") moveAndFocus(-columns());
  else if (key === "ArrowDown") moveAndFocus(columns());
  else return false;
  return true;
}

function moveAndFocus(steps: number): void {
  move(steps);
  const row = store.cursor.value;
  requestAnimationFrame(() =>
    document.querySelector<HTMLElement>(`[data-creel="sample"][data-row="${row}"]`)?.focus()
  );
}

/** The number of samples in a line of the batch. */
function columns(): number {
  const tops = Array.from(
    document.querySelectorAll<HTMLElement>('[data-creel="sample"]'),
    ({ offsetTop }) => offsetTop,
  );
  return Math.max(1, tops.filter((top) => top === tops[0]).length);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement &&
    (target.isContentEditable || target.matches("input:not([type=checkbox]), select, textarea"));
}
