/**
 * Creel picks which samples of an unlabeled pool a person should label next: BAIT and other
 * active-learning strategies on the features of a frozen backbone, computed with WebGPU in Deno,
 * Node and browsers.
 *
 * Further entry points: `@creel/creel/strategies` (the options of every strategy), `/learner`,
 * `/heads`, `/metrics`, `/kernels` (to write custom kernels and strategies), `/datasets` (files as
 * bytes), and, for Deno and Node, `/files`, `/save` and `/cli`.
 *
 * @example Choose the next two samples of a pool of six
 * ```ts
 * import { openDevice, select } from "@creel/creel";
 * import assert from "node:assert/strict";
 *
 * using device = await openDevice({ device: "cpu" }); // "auto" prefers a GPU
 * const { picks } = await select({
 *   device,
 *   features: { data: Float32Array.of(0, 0, 1, 0, 0, 1, 1, 1, 5, 5, -5, 4), columns: 2 },
 *   budget: 2,
 * });
 * assert.equal(picks.length, 2);
 * ```
 *
 * @module
 */

export { DeviceError, InputError } from "./src/errors.ts";

export type { Device } from "./src/device/device.ts";
export { openDevice, type OpenDeviceOptions } from "./src/device/open.ts";
export type { Progress, RecordingOptions } from "./src/device/recording.ts";

export type { MatrixInput } from "./src/io/matrix.ts";
export { arrayRows, type RowSource } from "./src/io/rows.ts";
export { type FeatureStorage, Pool, type PoolOptions, type Scale } from "./src/pool/pool.ts";
export {
  type LinearLayer,
  logitsPredictor,
  type Predictor,
  probsPredictor,
} from "./src/pool/predictions.ts";

export { select, type SelectOptions, type SelectResult } from "./src/learn/select.ts";
export { severalLabels } from "./src/learn/several-labels.ts";
export { runStrategy, type StrategyLike } from "./src/select/run-strategy.ts";
export type { BaitReport } from "./src/select/strategy/bait-report.ts";
export { STRATEGIES, type StrategyName } from "./src/select/strategy/names.ts";
export type { SelectionOptions, SelectionRequest } from "./src/select/strategy/request.ts";
export type { SelectedBatch } from "./src/select/strategy/selection.ts";
export { defineStrategy, type Strategy } from "./src/select/strategy/strategy.ts";

export { bait } from "./src/select/bait/bait.ts";
export { alfaMix } from "./src/select/strategies/alfa-mix.ts";
export { badge } from "./src/select/strategies/badge.ts";
export { balancing } from "./src/select/strategies/balancing.ts";
export { bald } from "./src/select/strategies/bald.ts";
export { base } from "./src/select/strategies/base.ts";
export { batchBald } from "./src/select/strategies/batch-bald.ts";
export { cal } from "./src/select/strategies/cal.ts";
export { clusterMargin } from "./src/select/strategies/cluster-margin.ts";
export { coreset } from "./src/select/strategies/coreset.ts";
export { dropQuery } from "./src/select/strategies/drop-query.ts";
export { entropy } from "./src/select/strategies/entropy.ts";
export { falcun } from "./src/select/strategies/falcun.ts";
export { leastConfidence } from "./src/select/strategies/least-confidence.ts";
export { margin } from "./src/select/strategies/margin.ts";
export { mase } from "./src/select/strategies/mase.ts";
export { maxHerding } from "./src/select/strategies/max-herding.ts";
export { probCover } from "./src/select/strategies/prob-cover.ts";
export { random } from "./src/select/strategies/random.ts";
export { typiclust } from "./src/select/strategies/typiclust.ts";
export { uncertaintyHerding } from "./src/select/strategies/uncertainty-herding.ts";
export { variationRatio } from "./src/select/strategies/variation-ratio.ts";

export { Head } from "./src/head/head.ts";
export { loadHead, saveHead } from "./src/head/save.ts";
export { trainHead } from "./src/head/train-head.ts";
export type { TrainHeadOptions } from "./src/head/train-options.ts";

export { ActiveLearner } from "./src/learn/learner/learner.ts";
export type { LearnerOptions, Suggestion } from "./src/learn/learner/options.ts";
export {
  allOf,
  anyOf,
  labelBudget,
  lowUncertainty,
  noImprovement,
  stablePredictions,
  type StoppingRule,
  targetMetric,
} from "./src/learn/learner/stopping.ts";
