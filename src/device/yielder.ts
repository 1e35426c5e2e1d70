/**
 * Long work on the CPU that yields to the event loop now and then, so that a page stays alive, shows
 * progress and can cancel.
 *
 * @module
 */

/** How long work may go on before it yields, in milliseconds. */
const INTERVAL = 50;

/** Yields to the event loop at most every 50 ms, and stops when one of its signals is aborted. */
export class Yielder {
  #start = performance.now();
  readonly #signals: readonly (AbortSignal | undefined)[];

  /**
   * Starts the first interval.
   *
   * @param signals each of them stops the work; its reason is thrown, at once if it is aborted already
   */
  constructor(...signals: readonly (AbortSignal | undefined)[]) {
    this.#signals = signals;
    this.#throwIfAborted();
  }

  /** To be awaited often: yields if the interval is over, and then checks the signals. */
  async yieldIfDue(): Promise<void> {
    if (performance.now() - this.#start < INTERVAL) return;
    await new Promise((resolve) => setTimeout(resolve));
    this.#throwIfAborted();
    this.#start = performance.now();
  }

  #throwIfAborted(): void {
    for (const signal of this.#signals) signal?.throwIfAborted();
  }
}
