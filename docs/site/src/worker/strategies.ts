/**
 * Strategies by their names. BAIT is part of the first load, the others are a chunk that is loaded
 * when one of them is needed.
 *
 * @module
 */

import { bait, type OptionTable, type StrategyLike } from "../creel.ts";
import type { DeviceInfo, InitialBatch } from "./protocol.ts";

/** The largest K d for which BAIT's form `exp` is the default on a GPU. */
const LARGEST_EXP = 2048;

/** A strategy as the settings show it. */
export interface StrategyCard {
  /** The name. */
  readonly name: string;
  /** What it chooses, in one sentence. */
  readonly summary: string;
  /** The declarations of its own options. */
  readonly options: OptionTable;
}

/** Loads all strategies, so that their names can be used. */
async function loadStrategies() {
  return await import("../../../../src/entries/strategies.ts");
}

/** Loads the parts of BAIT that its options may ask for; the first batch needs none of them. */
export async function loadBaitParts(): Promise<void> {
  const { provideExactBait } = await import("../../../../src/entries/bait.ts");
  provideExactBait();
}

/** All strategies with their options, for a form. */
export async function strategyCards(): Promise<StrategyCard[]> {
  return Object.values(await loadStrategies()).flatMap((value) => {
    if (typeof value !== "function" || !("definition" in value)) return [];
    const { name, summary = "", options = {} } = value.definition;
    return [{ name, summary, options }];
  });
}

/**
 * The strategy of a project.
 *
 * @param text the strategy as text; empty: BAIT in the form that suits the device and the data
 * @param device the device
 * @param size K and d
 */
export async function strategyFor(
  text: string,
  device: DeviceInfo,
  { classes, columns }: { classes: number; columns: number },
): Promise<StrategyLike> {
  if (text !== "") return await named(text);
  const small = device.kind === "webgpu" && classes * columns <= LARGEST_EXP;
  return bait({ fisher: small ? "exp" : "classes", topClasses: 2 });
}

/** The strategy of the first batch, which needs no labels. */
export async function initialStrategy(initial: InitialBatch): Promise<StrategyLike> {
  return initial === "bait" ? bait({ fisher: "regression" }) : await named(initial);
}

async function named(text: string): Promise<StrategyLike> {
  if (!/^bait\b/.test(text)) await loadStrategies();
  return text;
}
