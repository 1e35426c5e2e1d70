/**
 * Balancing (Aggarwal, Popescu & Hudelot 2020, "Active Learning for Imbalanced Datasets", WACV): while the
 * labels are too uneven, samples that look like the rarest class and unlike the common ones.
 *
 * What the paper leaves open is settled so. The labels are too uneven when the budget that is left cannot bring
 * every class up to the most common one. The rarest class is, of equally rare ones, the lowest; while it has
 * no label there is no mean to go by, and the pick is random. Major classes have more labels than the average
 * class. Where the classes are not known otherwise, they are those up to the highest label.
 *
 * @module
 */

import { defineStrategy, type StrategyFactory } from "../strategy/strategy.ts";

/**
 * Asks the oracle for the class of each pick before the next one. A pick is the candidate with the least
 * `|x - mu_rarest|^2 / max over the major classes of |x - mu|^2`, where the labels, with those of the picks so
 * far, are too uneven; otherwise a random one.
 *
 * @throws {InputError} if a label is not a class
 */
export const balancing: StrategyFactory<Record<never, never>> = /* @__PURE__ */ defineStrategy({
  name: "balancing",
  summary: "Samples that look like the rarest class, while the labels are too uneven; else random",
  source: "Aggarwal, Popescu & Hudelot 2020",
  cost: "one pass over the features and one answer of the oracle a pick",
  reads: ["labels", "oracle"],
  async select(request) {
    const { chooseBalancing } = await import("../algorithms/balancing.ts");
    return await chooseBalancing(request);
  },
});
