/**
 * The names of the built-in strategies.
 *
 * @module
 */

/** The names of the built-in strategies, in the order of the documentation. */
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

/** The name of a built-in strategy, such as `margin`. */
export type StrategyName = typeof STRATEGIES[number];
