/**
 * MaxHerding (Bae et al. 2024, "Generalized Coverage for More Robust Low-Budget Active Learning"): picks whose
 * neighborhoods cover the pool.
 *
 * @module
 */

import { herd } from "../geometry/herd.ts";
import { builtInStrategy } from "../strategy/built-in.ts";
import type { StrategyFactory } from "../strategy/strategy.ts";

/** The options of {@linkcode maxHerding}. */
export const maxHerdingOptions = {
  /** The sharpness of the similarity. */
  gamma: {
    kind: "number",
    above: 0,
    default: 1,
    help: "Samples are as similar as exp(-gamma |x - y|^2)",
  },
} as const;

/**
 * Chooses greedily what adds most to the mean similarity of the unlabeled samples to the nearest sample that is
 * labeled or picked. It needs no head, and so can choose the first batch.
 */
export const maxHerding: StrategyFactory<typeof maxHerdingOptions> =
  /* @__PURE__ */ builtInStrategy(
    {
      name: "max-herding",
      summary: "Samples whose neighborhoods cover the pool",
      source: "Bae et al. 2024",
      cost: "n^2 d once, lazily evaluated afterwards",
      reads: [],
      options: maxHerdingOptions,
      select: (request, { gamma }) => herd(request, { phase: "max-herding", gamma }),
    },
  );
