/**
 * Every strategy by name.
 *
 * @module
 */

import { alfaMix } from "./strategies/alfa-mix.ts";
import { badge } from "./strategies/badge.ts";
import { base, mase } from "./strategies/boundary.ts";
import { balancing } from "./strategies/balancing.ts";
import { baitStrategy } from "./bait/bait.ts";
import { typiclust } from "./strategies/typiclust.ts";
import { contrastive } from "./strategies/cal.ts";
import { clusterMargin } from "./strategies/cluster-margin.ts";
import { batchBald } from "./strategies/batch-bald.ts";
import { coreSet } from "./strategies/coreset.ts";
import { dropQuery } from "./strategies/drop-query.ts";
import { topDisagreement } from "./members/disagreement.ts";
import { falcun } from "./strategies/falcun.ts";
import { maxHerding, uncertaintyHerding } from "./strategies/herding.ts";
import { probCover } from "./strategies/prob-cover.ts";
import { sample } from "../random/sample.ts";
import type { Need, SelectionRequest, Strategy } from "./request.ts";
import type { Selection } from "./strategy-options.ts";
import { topUncertain } from "./members/uncertainty.ts";

/** The names of the strategies. */
export const STRATEGIES = [
  "bait",
  "random",
  "least-confidence",
  "margin",
  "entropy",
  "bald",
  "variation-ratio",
  "batch-bald",
  "mase",
  "base",
  "cal",
  "coreset",
  "badge",
  "falcun",
  "max-herding",
  "uncertainty-herding",
  "prob-cover",
  "typiclust",
  "cluster-margin",
  "drop-query",
  "alfa-mix",
  "balancing",
] as const;

/** The name of a strategy. */
export type StrategyName = typeof STRATEGIES[number];

/** The strategies. */
export const REGISTRY: Readonly<Record<StrategyName, Strategy>> = {
  bait: baitStrategy,
  random: reads([], random),
  "least-confidence": reads(["probabilities"], topUncertain("least-confidence")),
  margin: reads(["probabilities"], topUncertain("margin")),
  entropy: reads(["probabilities"], topUncertain("entropy")),
  bald: reads(["members"], topDisagreement("bald")),
  "variation-ratio": reads(["members"], topDisagreement("variationRatio")),
  "batch-bald": reads(["members"], (request) => batchBald(request)),
  mase: reads(["weights"], mase),
  base: reads(["weights"], base),
  cal: reads(["probabilities"], contrastive),
  coreset: reads([], coreSet),
  badge: reads(["probabilities"], badge),
  falcun: reads(["probabilities"], falcun),
  "max-herding": reads([], maxHerding),
  "uncertainty-herding": reads(["probabilities"], uncertaintyHerding),
  "prob-cover": reads([], probCover),
  typiclust: reads([], typiclust),
  "cluster-margin": reads(["probabilities"], clusterMargin),
  "drop-query": reads(["head"], dropQuery),
  "alfa-mix": reads(["weights", "labels"], alfaMix),
  balancing: reads(["labels", "oracle"], balancing),
};

/** A strategy that always reads the same. */
function reads(needs: readonly Need[], run: Strategy["run"]): Strategy {
  return { needs: () => needs, run };
}

function random({ candidates, budget, seed }: SelectionRequest): Promise<Selection> {
  return Promise.resolve({ picks: sample(candidates, budget, seed) });
}
