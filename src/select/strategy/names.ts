/**
 * The names of the strategies that come with Creel.
 *
 * @module
 */

/** The names of the strategies that come with Creel. */
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

/** The name of a strategy that comes with Creel. */
export type StrategyName = typeof STRATEGIES[number];
