/**
 * What a benchmark is: a name, and a function that measures on a device and returns rows of figures.
 *
 * @module
 */

import type { Device } from "../src/device/device.ts";
import type { Ceilings } from "../src/linalg/ceilings.ts";

/** One row of a table: figures by name. */
export type Row = Record<string, string | number | boolean>;

/** What a subject may use. */
export interface BenchContext {
  /** Where to measure. */
  readonly device: Device;
  /** The device's measured copy and matrix product. */
  readonly ceilings: Ceilings;
  /** Smaller sizes, for a check that the benchmark runs. */
  readonly quick: boolean;
}

/** A benchmark. */
export interface Subject {
  /** Its name for `--only`. */
  readonly name: string;
  /** One line on what is measured. */
  readonly summary: string;
  /** Measures. */
  run(context: BenchContext): Promise<Row[]>;
}

/** Seconds that work takes, the device being idle before and after: the median of some repetitions. */
export async function median(
  device: Device,
  repetitions: number,
  work: () => Promise<void>,
): Promise<number> {
  const seconds: number[] = [];
  for (let i = 0; i < repetitions; i++) {
    await device.idle();
    const start = performance.now();
    await work();
    await device.idle();
    seconds.push((performance.now() - start) / 1000);
  }
  return seconds.sort((a, b) => a - b)[Math.floor(repetitions / 2)]!;
}

/** Three significant digits. */
export function round(value: number): number {
  return Number(value.toPrecision(3));
}
