/**
 * The parts of BAIT whose code is loaded on its first use: a page that uses other forms, or chooses
 * small batches, must not pay for them.
 *
 * @module
 */

import type { Pool } from "../../pool/pool.ts";
import { loadBeside, notInBundle } from "../../load-beside.ts";
import type { pruneMany } from "./exact/member-updates.ts";
import type { ExactState } from "./exact/state.ts";
import type { BaitSelection, BaitSettings } from "./options.ts";

/** The parts by their names. */
export interface BaitParts {
  /** The form `classes`. */
  readonly classes: {
    /** Selects a batch; see `runBait`. */
    select(pool: Pool, settings: BaitSettings): Promise<BaitSelection>;
    /** Computes the objectives of batches; see `baitObjectives`. */
    objectives(
      pool: Pool,
      settings: BaitSettings,
      batches: readonly (readonly number[])[],
    ): Promise<number[]>;
  };
  /** Selects a batch with diagonal matrices; see `runBait`. */
  readonly diagonal: (pool: Pool, settings: BaitSettings) => Promise<BaitSelection>;
  /** Large batches in float64 on a GPU. */
  readonly exact: {
    /** See `ExactState.open`. */
    readonly open: typeof ExactState.open;
    /** See `pruneMany`. */
    readonly prune: typeof pruneMany;
  };
}

/** Where the parts are from here. */
const PATHS = { classes: "classes/class-blocks", diagonal: "diagonal", exact: "exact/exact" };

/** What a bundle imports for a part that a value of an option asks for. */
const VALUES = { classes: "classBlocks", diagonal: "diagonalInformation" };

const declared: { -readonly [Name in keyof BaitParts]?: BaitParts[Name] } = {};

/** Makes a part available, and returns the value of the option that asks for it. */
export function declarePart<Name extends keyof BaitParts, Value>(
  name: Name,
  part: BaitParts[Name],
  value: Value,
): Value {
  declared[name] = part;
  return value;
}

/**
 * Loads a part that an option asks for, by a path that bundlers do not follow.
 *
 * @throws {InputError} if it is not part of the bundle
 */
export async function baitPart<Name extends keyof typeof VALUES>(
  name: Name,
): Promise<BaitParts[Name]> {
  if (!declared[name]) await loadBeside(import.meta.url, "parts", PATHS[name]);
  const part = declared[name] as BaitParts[Name] | undefined;
  if (part) return part;
  throw notInBundle(`bait with ${name}`, VALUES[name], "/bait");
}

/** Loads the float64 part; undefined if it is not in the bundle or may not be read. */
export async function exactPart(): Promise<BaitParts["exact"] | undefined> {
  if (!declared.exact) {
    try {
      const module = await loadBeside<{ provideExactBait(): void }>(
        import.meta.url,
        "parts",
        PATHS.exact,
      );
      module?.provideExactBait();
    } catch {
      // Without it large batches are computed in float32.
    }
  }
  return declared.exact;
}
