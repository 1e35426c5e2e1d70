/**
 * Cooperative scheduling of long work on the CPU: it yields to the event loop regularly, so that a
 * page stays responsive, shows progress and can cancel the work.
 *
 * @module
 */

/** The longest time between two yields, in milliseconds. */
const YIELD_MILLISECONDS = 50;

/**
 * Checks abort signals, before work of any length starts.
 *
 * @param signals abort signals; those that are undefined do not count
 * @throws the reason of the first signal that was aborted
 */
export function throwIfAborted(...signals: readonly (AbortSignal | undefined)[]): void {
  for (const signal of signals) signal?.throwIfAborted();
}

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
    throwIfAborted(...signals);
  }

  /** Yields if the interval is over, and then checks the signals; to be awaited often. */
  async yieldIfDue(): Promise<void> {
    if (performance.now() - this.#start < YIELD_MILLISECONDS) return;
    await new Promise((resolve) => setTimeout(resolve));
    throwIfAborted(...this.#signals);
    this.#start = performance.now();
  }
}
