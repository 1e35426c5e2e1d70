/**
 * Cooperative scheduling of long work on the CPU: it yields to the event loop regularly, so that a
 * page stays responsive, shows progress and can cancel the work.
 *
 * @module
 */

/** The longest time between two yields, in milliseconds. */
const YIELD_MILLISECONDS = 50;

/** Yields to the event loop at most every 50 ms, and throws when an abort signal is triggered. */
export class Yielder {
  #start = performance.now();
  readonly #signals: readonly (AbortSignal | undefined)[];

  /**
   * Starts the first interval.
   *
   * @param signals abort signals; if one is aborted, its reason is thrown
   */
  constructor(...signals: readonly (AbortSignal | undefined)[]) {
    this.#signals = signals;
    this.#throwIfAborted();
  }

  /** Yields if the interval is over, and then checks the signals; to be awaited often. */
  async yieldIfDue(): Promise<void> {
    if (performance.now() - this.#start < YIELD_MILLISECONDS) return;
    await new Promise((resolve) => setTimeout(resolve));
    this.#throwIfAborted();
    this.#start = performance.now();
  }

  #throwIfAborted(): void {
    for (const signal of this.#signals) signal?.throwIfAborted();
  }
}
