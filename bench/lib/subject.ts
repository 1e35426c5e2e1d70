/**
 * What a subject of the benchmarks is: given a device and its ceilings it measures something, and
 * answers with tables for people and the same numbers for programs.
 *
 * @module
 */

import type { Device } from "../../src/device/device.ts";
import type { Ceilings } from "../../src/linalg/ceilings.ts";
import type { Table } from "./table.ts";

/** What a subject is given. */
export interface Context {
  /** Where it runs. */
  readonly device: Device;
  /** What the device reached at the start of this run. */
  readonly ceilings: Ceilings;
  /** Small sizes: seconds altogether, figures that mean little. */
  readonly quick: boolean;
  /** Whether the subject was asked for by name: then it runs however slow the device is. */
  readonly asked: boolean;
  /** A folder with real data. */
  readonly data: string | undefined;
  /** Whether other libraries are measured beside Creel. */
  readonly others: boolean;
  /** Tells the person what is going on, or what is left out and why. */
  note(text: string): void;
}

/** What a subject found. */
export interface Findings {
  /** For people. */
  readonly tables: readonly Table[];
  /** For programs: numbers in the units of their names. */
  readonly values: unknown;
}

/** One subject. */
export interface Subject {
  /** What `--only` calls it. */
  readonly name: string;
  /** One line on what it measures. */
  readonly summary: string;
  /** Measures; undefined where there is nothing to measure here, which it has then noted. */
  run(context: Context): Promise<Findings | undefined>;
}
