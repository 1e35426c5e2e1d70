/**
 * MaxHerding (Bae et al. 2024, "Generalized Coverage for More Robust Low-Budget Active Learning"):
 * samples whose neighborhoods cover the pool.
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
    help: "The similarity of two samples with features of unit length is exp(-gamma |x - y|^2)",
  },
} as const;

/**
 * Greedily picks the samples that add the most to the mean similarity of each unlabeled sample to
 * its nearest labeled or picked sample. Needs no head, and so can choose the first batch.
 */
export const maxHerding: StrategyFactory<typeof maxHerdingOptions> =
  /* @__PURE__ */ builtInStrategy(
    {
      name: "max-herding",
      summary: "Samples whose neighborhoods cover the pool",
      source: 'Bae et al. 2024, "Generalized Coverage for More Robust Low-Budget Active Learning"',
      cost: "n^2 d operations for the first pick, then passes over n x d for the gains that are " +
        "evaluated again",
      reads: [],
      options: maxHerdingOptions,
      select: (request, { gamma }) => herd(request, { phase: "max-herding", gamma }),
    },
  );
