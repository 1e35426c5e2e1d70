/**
 * How long things take. A wait costs 10 ms in Deno, so what is short is repeated many times between
 * two waits, and the wait is taken out by the difference of a long and a short run. What is
 * reported is the median of several such differences.
 *
 * @module
 */

import type { Device } from "../../src/device/device.ts";

/** A measured time. */
export interface Measured {
  /** The median. */
  readonly seconds: number;
  /** The least of the repetitions. */
  readonly least: number;
  /** The most of the repetitions. */
  readonly most: number;
  /** How many repetitions there were. */
  readonly repetitions: number;
}

/** How thoroughly a step is measured. */
export interface Thoroughness {
  /** A run between two waits lasts about this long. */
  readonly seconds: number;
  /** Repetitions, fewer (but two) when they would take longer than `budget`. */
  readonly repetitions: number;
  /** Seconds that all repetitions may take. */
  readonly budget: number;
}

/** How thoroughly steps are measured, in earnest and in passing. */
export function thoroughness(quick: boolean): Thoroughness {
  return quick
    ? { seconds: 0.02, repetitions: 2, budget: 1 }
    : { seconds: 0.5, repetitions: 7, budget: 20 };
}

/** Steps after which what is recorded is handed over, so that the device works meanwhile. */
const STEPS_PER_SUBMIT = 50;

/** The time of one step of many that follow one another on the device. */
export async function timePerStep(
  device: Device,
  step: () => void | Promise<void>,
  { seconds, repetitions, budget }: Thoroughness,
): Promise<Measured> {
  const timed = async (count: number): Promise<number> => {
    const start = performance.now();
    for (let i = 1; i <= count; i++) {
      await step();
      if (i % STEPS_PER_SUBMIT === 0) device.submit();
    }
    await device.idle();
    return (performance.now() - start) / 1000;
  };
  await timed(1); // Compiles the shaders.
  let long = 1;
  let spent = await timed(long);
  if (spent > budget) return summarize([spent]);
  while (spent < seconds && long < 1e6) {
    long = Math.ceil(long * Math.min(8, Math.max(1.5, 1.2 * seconds / spent)));
    spent = await timed(long);
  }
  // A run of a few slow steps is long enough for the wait not to matter.
  const short = Math.floor(long / 5);
  const found: number[] = [];
  const start = performance.now();
  while (found.length < repetitions) {
    const [most, least] = [await timed(long), short > 0 ? await timed(short) : 0];
    found.push(Math.max(1e-9, (most - least) / (long - short)));
    if (found.length >= 2 && performance.now() - start > 1000 * budget) break;
  }
  return summarize(found);
}

/** The time of a whole piece of work, which waits by itself. */
export async function timeWhole(
  work: () => Promise<unknown>,
  { repetitions, budget }: Thoroughness,
): Promise<Measured> {
  const found: number[] = [];
  const begin = performance.now();
  while (found.length < repetitions) {
    const start = performance.now();
    await work();
    found.push((performance.now() - start) / 1000);
    const spent = (performance.now() - begin) / 1000;
    if (spent + found.at(-1)! > budget) break;
  }
  return summarize(found);
}

/** The median; of an even number the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.floor(middle - 0.5)]! + sorted[Math.floor(middle)]!) / 2;
}

/** The median and the extremes. */
export function summarize(found: readonly number[]): Measured {
  return {
    seconds: median(found),
    least: Math.min(...found),
    most: Math.max(...found),
    repetitions: found.length,
  };
}
