/**
 * When the state of a forward phase is inspected, and when it is repaired: by the growth of its
 * errors, which is predicted from one inspection to the next (docs/mathematics.md, "What float32
 * costs"). Nothing depends on time.
 *
 * @module
 */

/** The numbers by which states are judged. */
export interface Limits {
  /** A drift above this limit is repaired. */
  readonly drift: number;
  /**
   * So is a fall of the scores by this factor since the forms were computed: the errors of the
   * forms stay what they were, and so grow relative to the scores.
   */
  readonly fall: number;
}

/** The least and the largest number of picks between two inspections. */
const SHORTEST = 5, LONGEST = 40;

/** The number of picks between two inspections while the growth is not known. */
const UNKNOWN = 10;

/** Repairs for the drift that are closer than this gain little, and double the limit. */
const CLOSE = 20;

/** Picks with a drift above this multiple of the limit are repeated. */
const TOO_LARGE = 3;

/** The inspections and repairs of one phase. */
export class Inspections {
  #limit = 0;
  #mostFall = 0;
  #drift = 0;
  #seen = 0;
  #before = 0;
  #repairedAt = 0;
  #fall = 0;
  #rate = 0;

  /** Starts before the first pick. */
  constructor(limits: Limits) {
    this.limit(limits);
  }

  /** Sets the limits. */
  limit({ drift, fall }: Limits): void {
    this.#limit = Math.max(this.#limit, drift);
    this.#mostFall = Math.log(fall);
  }

  /**
   * Takes note of an inspection.
   *
   * @param drift the largest drift since the last repair
   * @param scores the scores of all picks so far
   */
  see(drift: number, scores: ArrayLike<number>): void {
    const done = scores.length;
    const fallOf = (from: number) => Math.log(scores[from]! / scores[done - 1]!);
    [this.#before, this.#seen] = [this.#seen, done];
    this.#drift = drift;
    this.#fall = fallOf(Math.min(this.#repairedAt, done - 1));
    this.#rate = fallOf(Math.min(this.#before, done - 1)) / (done - this.#before);
  }

  /** The number of picks until a limit is reached, by the growth so far. */
  get #left(): number {
    const byFall = (this.#mostFall - this.#fall) / Math.max(this.#rate, 1e-9);
    const byDrift = (this.#limit / this.#drift - 1) * (this.#seen - this.#repairedAt);
    return Math.min(byFall, byDrift);
  }

  /** Whether the state is to be repaired. */
  get due(): boolean {
    return this.#left < SHORTEST;
  }

  /** Whether the drift alone asks for it. */
  get drifted(): boolean {
    return this.#drift > this.#limit;
  }

  /**
   * The number of picks that stand: those before the previous inspection if the drift has become
   * too large since then, and the next one could come earlier.
   */
  get standing(): number {
    const last = this.#seen - this.#before;
    return this.#drift > TOO_LARGE * this.#limit && last > SHORTEST && this.#before > 0
      ? this.#before
      : this.#seen;
  }

  /** Takes note of a repair after the picks that stand. */
  repaired(): void {
    const standing = this.standing;
    if (this.drifted && standing - this.#repairedAt < CLOSE) this.#limit *= 2;
    this.#seen = this.#repairedAt = standing;
    this.#drift = this.#fall = 0;
  }

  /** The number of picks until the next inspection. */
  get next(): number {
    // The growth may become faster, so that only a part of the way is gone.
    const ahead = Math.floor(0.6 * this.#left);
    // Scores of 0 have no growth, and neither has a state that was just repaired.
    return Math.min(LONGEST, Math.max(SHORTEST, Number.isNaN(ahead) ? UNKNOWN : ahead));
  }
}
