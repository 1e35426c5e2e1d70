/**
 * The form `classes` of BAIT, whose code is loaded on its first use.
 *
 * @module
 */

import type { Pool } from "../../pool/pool.ts";
import { loadBeside } from "../strategy/load-beside.ts";
import type { BaitSelection, BaitSettings } from "./options.ts";

/** The code of the form `classes`. */
export interface BaitForm {
  /** Selects a batch; see `runBait`. */
  select(pool: Pool, settings: BaitSettings): Promise<BaitSelection>;
  /** Computes the objectives of batches; see `baitObjectives`. */
  objectives(
    pool: Pool,
    settings: BaitSettings,
    batches: readonly (readonly number[])[],
  ): Promise<number[]>;
}

let declared: BaitForm | undefined;

/** Makes the form available, and returns its name. */
export function declareForm(form: BaitForm): "classes" {
  declared = form;
  return "classes";
}

/**
 * Loads the form `classes` by a path that bundlers do not follow: a page that uses other forms must
 * not pay for it.
 *
 * @throws {InputError} if it is not part of the bundle
 */
export async function classForm(): Promise<BaitForm> {
  if (!declared) {
    const to = "classes/class-blocks";
    await loadBeside(import.meta.url, "loaded-form", to, "fisher classes", "classBlocks");
  }
  return declared!;
}
