/**
 * Uncertainty herding (Bae et al. 2025, "Uncertainty Herding: One Active Learning Method for All
 * Label Budgets"): samples whose neighborhoods cover the uncertain samples of the pool.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import { herd } from "../geometry/herd.ts";
import { uncertaintyScores } from "../members/uncertainty.ts";
import { dropout, members } from "../strategy/member-options.ts";
import { builtInStrategy } from "../strategy/built-in.ts";
import type { StrategyFactory } from "../strategy/strategy.ts";

/** The options of {@linkcode uncertaintyHerding}. */
export const uncertaintyHerdingOptions = {
  /** The sharpness of the similarity. */
  gamma: {
    kind: "number",
    above: 0,
    default: 1,
    help: "The similarity of two samples with features of unit length is exp(-gamma |x - y|^2)",
  },
  /** The number that the logits are divided by. */
  temperature: {
    kind: "number",
    above: 0,
    default: 1,
    help: "The number that the logits are divided by before the uncertainty is computed",
  },
  members,
  dropout,
} as const;

/**
 * MaxHerding in which each sample is weighted by its margin uncertainty `1 - (p1 - p2)`, of
 * probabilities whose logits were divided by `temperature`.
 *
 * @throws {InputError} if there is a single class
 */
export const uncertaintyHerding: StrategyFactory<typeof uncertaintyHerdingOptions> =
  /* @__PURE__ */ builtInStrategy({
    name: "uncertainty-herding",
    summary: "Samples whose neighborhoods cover the uncertain samples of the pool",
    source: 'Bae et al. 2025, "Uncertainty Herding: One Active Learning Method for All Label ' +
      'Budgets"',
    cost: "one pass over n x K, then as max-herding: n^2 d operations for the first pick and " +
      "passes over n x d",
    reads: ["probabilities"],
    independent: true,
    options: uncertaintyHerdingOptions,
    async select(request, { gamma, temperature }) {
      const { pool, predictor } = request;
      if (predictor!.classes < 2 && !predictor!.independent) {
        throw new InputError(
          "Cannot run uncertainty-herding with a single class: nothing is uncertain",
        );
      }
      const weights = await uncertaintyScores(pool, predictor!, "margin", temperature);
      return await herd(request, { phase: "uncertainty-herding", gamma, weights });
    },
  });
