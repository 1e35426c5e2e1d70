/** A pool with everything that any strategy reads, and all strategies that come with Creel. */

import type { Device } from "../../src/device/device.ts";
import { select, type SelectOptions, type SelectResult } from "../../src/learn/select.ts";
import { loadStrategy } from "../../src/select/registry.ts";
import { STRATEGIES } from "../../src/select/strategy/names.ts";
import type { StrategyLike } from "../../src/select/run-strategy.ts";
import type { StrategyFactory } from "../../src/select/strategy/strategy.ts";
import { Random } from "../fixture.ts";

/** Random samples with a linear head, labels of uneven classes and an oracle. */
export function situation(
  seed: number,
  rows = 57,
  columns = 5,
  classes = 4,
): Omit<SelectOptions, "strategy"> {
  const random = new Random(seed);
  const truth = Array.from({ length: rows }, (_, i) => i % 3 === 0 ? random.integer(classes) : 0);
  const features = { data: random.normals(rows * columns), columns };
  const head = {
    weight: { data: random.normals(classes * columns), columns },
    bias: Array.from(random.normals(classes)),
  };
  const labeled = random.distinct(11, rows);
  const labels = labeled.map((index, at) => at < classes ? at : truth[index]!);
  return { features, head, labeled, labels, oracle: (index) => truth[index]!, budget: 6 };
}

/** What a strategy chooses; of two equal selections everything is equal but the peak of memory. */
export async function choice(
  device: Device,
  strategy: StrategyLike,
  options: Omit<SelectOptions, "strategy">,
): Promise<Pick<SelectResult, "strategy" | "picks" | "scores" | "bait">> {
  const { peakBytes: _, ...result } = await select({ device, strategy, ...options });
  return result;
}

/** The functions that make the strategies of Creel, in the order of `STRATEGIES`. */
export const FACTORIES: readonly StrategyFactory[] = await Promise.all(
  STRATEGIES.map(loadStrategy),
);
