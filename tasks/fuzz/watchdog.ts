/**
 * Reads files in a worker with a deadline.
 *
 * @module
 */

import type { Outcome } from "./read-everything.ts";

/** What became of a file; "hang" if reading it took longer than the deadline. */
export type Watched = Outcome | { readonly kind: "hang"; readonly message: string };

/** A worker that reads files one after the other. */
export class Watchdog implements Disposable {
  #worker: Worker | undefined;
  readonly #milliseconds: number;

  /** @param milliseconds the deadline of a file. Default 10 s, 100 times what the slowest takes */
  constructor(milliseconds: number = 10_000) {
    this.#milliseconds = milliseconds;
  }

  /** Reads every array of a file. */
  async read(name: string, bytes: Uint8Array): Promise<Watched> {
    const worker = this.#worker ??= new Worker(new URL("./worker.ts", import.meta.url), {
      type: "module",
    });
    const { promise, resolve } = Promise.withResolvers<Watched>();
    const timer = setTimeout(() => {
      this[Symbol.dispose]();
      resolve({ kind: "hang", message: `it took longer than ${this.#milliseconds} ms` });
    }, this.#milliseconds);
    worker.onmessage = ({ data }: MessageEvent<Outcome>) => resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this[Symbol.dispose]();
      resolve({ kind: "crash", message: event.message });
    };
    worker.postMessage({ name, bytes });
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the worker. */
  [Symbol.dispose](): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }
}
