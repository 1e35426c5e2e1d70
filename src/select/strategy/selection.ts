/**
 * What a strategy returns.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import type { BaitReport } from "./bait-report.ts";
import type { SelectionRequest } from "./request.ts";

/** What a strategy chose. */
export interface SelectedBatch {
  /** Indices of the chosen samples, in the order in which they were picked. */
  readonly picks: number[];
  /** For scoring strategies: the score of each pick. */
  readonly scores?: number[];
  /** For `bait`, unless it ran in several partitions. */
  readonly bait?: BaitReport;
}

/**
 * Checks what a strategy returned, which may be anybody's code.
 *
 * @param name the name of the strategy
 * @param selection what it returned
 * @param request what it was asked for
 * @throws {InputError} if the picks are not `budget` different candidates
 */
export function checkSelection(
  name: string,
  selection: SelectedBatch,
  { pool, candidates, budget }: SelectionRequest,
): void {
  const picks: unknown = (selection as Partial<SelectedBatch> | undefined)?.picks;
  if (!Array.isArray(picks)) throw new InputError(`Strategy ${name} returned no array of picks`);
  if (picks.length !== budget) {
    throw new InputError(`Strategy ${name} returned ${picks.length} picks: ${budget} are needed`);
  }
  const open = new Uint8Array(pool.rows);
  for (const index of candidates) open[index] = 1;
  const picked = new Set<unknown>();
  for (const index of picks) {
    if (picked.has(index)) throw new InputError(`Strategy ${name} picked ${index} twice`);
    if (open[index] !== 1) {
      throw new InputError(`Strategy ${name} picked ${index}, which is no candidate`);
    }
    picked.add(index);
  }
}
