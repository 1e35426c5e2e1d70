/**
 * What a strategy returns.
 *
 * @module
 */

import type { BaitReport } from "./bait-report.ts";

/** What a strategy chose. */
export interface Selection {
  /** Indices of the chosen samples, in the order in which they were picked. */
  readonly picks: number[];
  /** For scoring strategies: the score of each pick. */
  readonly scores?: number[];
  /** For `bait`, unless it ran in several partitions. */
  readonly bait?: BaitReport;
}
