/**
 * What `deno task bench` writes, as far as the figures read it.
 *
 * @module
 */

import type { Ceilings } from "../../src/linalg/ceilings.ts";
import type { PickFindings } from "./picking.ts";

/** A file of results. */
export interface BenchReport {
  /** When it was measured, ISO 8601. */
  readonly date: string;
  /** The device. */
  readonly device: { readonly kind: string; readonly name: string };
  /** The processor and its cores. */
  readonly machine: string;
  /** The measured ceilings of the device. */
  readonly ceilings: Ceilings;
  /** The results of the subjects that were measured. */
  readonly subjects: {
    readonly scale?: { readonly sweeps: readonly ReportedSweep[] };
    readonly "bait-pick"?: { readonly cases: readonly PickFindings[] };
    readonly matmul?: { readonly products: readonly ReportedProduct[] };
  };
}

/** A sweep of the subject `scale`. */
export interface ReportedSweep {
  readonly by: string;
  /** The points; seconds of a pick. */
  readonly found: readonly {
    readonly rows: number;
    readonly columns: number;
    readonly creel: number;
    readonly textbook?: number;
    readonly numpy?: number;
  }[];
}

/** A product of the subject `matmul`. */
export interface ReportedProduct {
  readonly name: string;
  readonly GFLOPs: number;
  readonly GBs: number;
}

/** The device, the machine and the month of a report, for the line below a title. */
export function sourceOf({ device, machine, date }: BenchReport): string {
  const month = new Date(date).toLocaleDateString("en-US", {
    year: "numeric",
    month: "long",
    timeZone: "UTC",
  });
  return `${device.name}; ${machine}; ${month}`;
}
