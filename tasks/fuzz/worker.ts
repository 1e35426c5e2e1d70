/**
 * Reads hostile files in a worker, so that one that is read without end can be stopped.
 *
 * A message is `{ name, bytes }`; the answer is an {@link Outcome}.
 *
 * @module
 */

import { bytesOf } from "../../src/io/bytes.ts";
import { type Outcome, readEverything } from "./read-everything.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent<{ name: string; bytes: Uint8Array }>) => void;
  postMessage(outcome: Outcome): void;
};

// A promise that nobody handles would end a program.
self.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  scope.postMessage({ kind: "crash", message: `unhandled: ${event.reason}` });
});

scope.onmessage = async ({ data: { name, bytes } }) => {
  scope.postMessage(await readEverything(bytesOf(name, bytes)));
};
