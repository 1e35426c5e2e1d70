/**
 * The result of a strategy.
 *
 * @module
 */

import type { BaitReport } from "./bait-report.ts";

/** The samples that a strategy chose. */
export interface SelectedBatch {
  /** The indices of the chosen samples, in the order in which they were picked. */
  readonly picks: number[];
  /** The score of each pick, a finite number, for strategies that score samples. */
  readonly scores?: number[];
  /**
   * The report of `bait`; absent for other strategies and if the pool was split into partitions.
   */
  readonly bait?: BaitReport;
}
