/**
 * Long work on the CPU in pieces, so that a page stays alive, shows progress and can cancel.
 *
 * @module
 */

/** How long a piece may be, in milliseconds. */
const PIECE = 50;

/** Pauses of long work. */
export class Breath {
  #start = performance.now();

  /** Work that a signal stops in a pause; its reason is thrown. */
  constructor(private readonly signal: AbortSignal | undefined) {}

  /** To be awaited often: lets other work run when a piece is long enough. */
  async take(): Promise<void> {
    if (performance.now() - this.#start < PIECE) return;
    await new Promise((resolve) => setTimeout(resolve));
    this.signal?.throwIfAborted();
    this.#start = performance.now();
  }
}
