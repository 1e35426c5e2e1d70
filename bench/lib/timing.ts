/**
 * Timing. Waiting for the device takes 10 ms in Deno, so that a short step is repeated many times
 * between two waits, and the difference between a long and a short run cancels the wait. The result
 * is the median of several such differences.
 *
 * @module
 */

import type { Device } from "../../src/device/device.ts";

/** A measured duration. */
export interface Measured {
  /** The median of the repetitions, in seconds. */
  readonly seconds: number;
  /** The minimum of the repetitions, in seconds. */
  readonly least: number;
  /** The maximum of the repetitions, in seconds. */
  readonly most: number;
  /** The number of repetitions. */
  readonly repetitions: number;
}

/** The options of a measurement. */
export interface Thoroughness {
  /** The approximate duration of a run between two waits, in seconds. */
  readonly seconds: number;
  /** The number of repetitions; fewer, but at least two, if they would exceed `budget`. */
  readonly repetitions: number;
  /** The longest duration of all repetitions, in seconds. */
  readonly budget: number;
}

/** The options for a full or a quick run. */
export function thoroughness(quick: boolean): Thoroughness {
  return quick
    ? { seconds: 0.02, repetitions: 2, budget: 1 }
    : { seconds: 0.5, repetitions: 7, budget: 20 };
}

/** The number of recorded steps after which commands are submitted. */
const STEPS_PER_SUBMIT = 50;

/** The duration of one of many successive steps on the device. */
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
  await timed(1); // Compile the shaders before anything is measured.
  let long = 1;
  let spent = await timed(long);
  if (spent > budget) return summarize([spent]);
  while (spent < seconds && long < 1e6) {
    long = Math.ceil(long * Math.min(8, Math.max(1.5, 1.2 * seconds / spent)));
    spent = await timed(long);
  }
  // The wait is negligible in a run of slow steps.
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

/** The duration of work that waits for the device by itself. */
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

/** The median; the mean of the middle two of an even number of values. */
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
