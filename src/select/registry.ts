/**
 * Loads built-in strategies by their names, each on its first use.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import { STRATEGIES, type StrategyName } from "./strategy/names.ts";
import type { StrategyFactory } from "./strategy/strategy.ts";

/** Imports the module of each built-in strategy. */
const LOADERS: Readonly<Record<StrategyName, () => Promise<unknown>>> = {
  bait: async () => (await import("./bait/bait.ts")).bait,
  random: async () => (await import("./strategies/random.ts")).random,
  "least-confidence": async () =>
    (await import("./strategies/least-confidence.ts")).leastConfidence,
  margin: async () => (await import("./strategies/margin.ts")).margin,
  entropy: async () => (await import("./strategies/entropy.ts")).entropy,
  bald: async () => (await import("./strategies/bald.ts")).bald,
  "variation-ratio": async () => (await import("./strategies/variation-ratio.ts")).variationRatio,
  "batch-bald": async () => (await import("./strategies/batch-bald.ts")).batchBald,
  mase: async () => (await import("./strategies/mase.ts")).mase,
  base: async () => (await import("./strategies/base.ts")).base,
  cal: async () => (await import("./strategies/cal.ts")).cal,
  coreset: async () => (await import("./strategies/coreset.ts")).coreset,
  badge: async () => (await import("./strategies/badge.ts")).badge,
  falcun: async () => (await import("./strategies/falcun.ts")).falcun,
  "max-herding": async () => (await import("./strategies/max-herding.ts")).maxHerding,
  "uncertainty-herding": async () =>
    (await import("./strategies/uncertainty-herding.ts")).uncertaintyHerding,
  "prob-cover": async () => (await import("./strategies/prob-cover.ts")).probCover,
  typiclust: async () => (await import("./strategies/typiclust.ts")).typiclust,
  "cluster-margin": async () => (await import("./strategies/cluster-margin.ts")).clusterMargin,
  "drop-query": async () => (await import("./strategies/drop-query.ts")).dropQuery,
  "alfa-mix": async () => (await import("./strategies/alfa-mix.ts")).alfaMix,
  balancing: async () => (await import("./strategies/balancing.ts")).balancing,
};

/**
 * Loads the factory of a built-in strategy.
 *
 * @throws {InputError} if no strategy has that name
 */
export async function loadStrategy(name: string): Promise<StrategyFactory> {
  if (!Object.hasOwn(LOADERS, name)) {
    throw new InputError(`Unknown strategy ${name}: use ${STRATEGIES.join(", ")}`);
  }
  return await LOADERS[name as StrategyName]() as StrategyFactory;
}
