/**
 * The interface of the benchmarks: each measures something on a device with known ceilings, and
 * returns tables for people and the same numbers for programs.
 *
 * @module
 */

import type { Device } from "../../src/device/device.ts";
import type { Ceilings } from "../../src/linalg/ceilings.ts";
import type { Table } from "./table.ts";

/** The input of a benchmark. */
export interface Context {
  /** The device to measure. */
  readonly device: Device;
  /** The ceilings of the device, measured at the start of the run. */
  readonly ceilings: Ceilings;
  /** Whether to use small pools, which take seconds and say little about the speed. */
  readonly quick: boolean;
  /** Whether the benchmark was requested by name, and so must run on a slow device, too. */
  readonly requested: boolean;
  /** The number of samples of subjects that are of any size; undefined for their default. */
  readonly rows: number | undefined;
  /** A folder with real data, if there is one. */
  readonly data: string | undefined;
  /** Whether to measure other libraries, too. */
  readonly others: boolean;
  /** Reports progress, or what is left out and why. */
  note(text: string): void;
}

/** The results of a benchmark. */
export interface Findings {
  /** The tables for people. */
  readonly tables: readonly Table[];
  /** The numbers for programs, with units in their names. */
  readonly values: unknown;
}

/** A benchmark. */
export interface Subject {
  /** Its name for `--only`. */
  readonly name: string;
  /** What it measures, in one line. */
  readonly summary: string;
  /** Runs the benchmark; undefined if this device cannot run it, which has been noted. */
  run(context: Context): Promise<Findings | undefined>;
}
