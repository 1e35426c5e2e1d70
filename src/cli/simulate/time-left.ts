/**
 * Estimates the remaining time of a job that consists of known parts.
 *
 * @module
 */

/**
 * An estimate of the remaining time of parts of several kinds, each with the mean duration of the
 * finished parts of its kind, or of all kinds if none of its kind has finished.
 */
export class TimeLeft {
  readonly #seconds = new Map<string, { sum: number; count: number }>();
  readonly #left = new Map<string, number>();

  /** Adds parts that are still to be done. */
  expect(kind: string, count: number): void {
    this.#left.set(kind, (this.#left.get(kind) ?? 0) + count);
  }

  /** Records that a part is done, and its duration in seconds. */
  done(kind: string, seconds: number): void {
    this.learn(kind, seconds, 1);
    this.#left.set(kind, Math.max(0, (this.#left.get(kind) ?? 0) - 1));
  }

  /** Records the duration of parts that were done earlier. */
  learn(kind: string, seconds: number, count: number): void {
    const known = this.#seconds.get(kind) ?? { sum: 0, count: 0 };
    this.#seconds.set(kind, { sum: known.sum + seconds, count: known.count + count });
  }

  /** The remaining time in seconds; undefined while no part has finished. */
  seconds(): number | undefined {
    const all = [...this.#seconds.values()];
    const count = all.reduce((sum, known) => sum + known.count, 0);
    if (count === 0) return undefined;
    const mean = all.reduce((sum, known) => sum + known.sum, 0) / count;
    let left = 0;
    for (const [kind, parts] of this.#left) {
      const known = this.#seconds.get(kind);
      left += parts * (known ? known.sum / known.count : mean);
    }
    return left;
  }
}

/** Formats a remaining time: `about 40 s left`, `about 12 min left`, `about 3.5 h left`. */
export function timeLeftText(seconds: number | undefined): string {
  if (seconds === undefined) return "";
  if (seconds < 90) return `about ${Math.max(1, Math.round(seconds))} s left`;
  if (seconds < 90 * 60) return `about ${Math.round(seconds / 60)} min left`;
  return `about ${(seconds / 3600).toFixed(1)} h left`;
}
