/**
 * Creel picks which samples of an unlabeled pool a person should label next: BAIT and other
 * active-learning strategies on frozen-backbone features, computed by WebGPU shaders in Deno and in
 * browsers.
 *
 * @example Choose the next 2 samples of a pool of six
 * ```ts
 * import { openDevice, select } from "@creel/creel";
 *
 * using device = await openDevice({ device: "cpu" }); // "auto" takes a GPU where there is one
 * const { picks } = await select({
 *   device,
 *   features: { data: Float32Array.of(0, 0, 1, 0, 0, 1, 1, 1, 5, 5, -5, 4), columns: 2 },
 *   budget: 2,
 * });
 * console.assert(picks.length === 2);
 * ```
 *
 * @module
 */

export { Resource } from "./src/disposal.ts";
export { DeviceError, InputError } from "./src/errors.ts";
export type { HalfArray } from "./src/half-floats.ts";

export type {
  Counts,
  Device,
  DeviceLimits,
  Profile,
  ProfileRow,
  ReadRange,
} from "./src/device/device.ts";
export type { Access, Grid, Kernel, Numbers, Scalar } from "./src/device/kernel.ts";
export { type DeviceChoice, openDevice, type OpenDeviceOptions } from "./src/device/open.ts";
export type { Progress, RecordingOptions } from "./src/device/recording.ts";
export { type DType, Ledger, Tensor, type Values } from "./src/device/tensor.ts";

export { blobSource, bytesOf, type ByteSource } from "./src/io/bytes.ts";
export type { DatasetOptions } from "./src/io/contents.ts";
export { type Dataset, readDataset } from "./src/io/read-dataset.ts";
export { arrayRows, type NumberArray, readAll, type RowSource } from "./src/io/rows.ts";

export type { Rows } from "./src/linalg/gram.ts";
export {
  type Block,
  type FeatureStorage,
  Pool,
  type PoolOptions,
  type Scale,
  type Segment,
} from "./src/pool/pool.ts";
export {
  type LinearWeights,
  logitsPredictor,
  type Predictor,
  probsPredictor,
} from "./src/pool/predictions.ts";

export { type BaitReport, type Fisher, type Weighting } from "./src/select/strategy/bait-report.ts";
export type {
  AutoOption,
  ChoiceOption,
  FlagOption,
  IntegerOption,
  NumberOption,
  OptionBase,
  OptionDeclaration,
  OptionsOf,
  OptionTable,
  OptionValue,
  ResolvedOptions,
  ValueOf,
} from "./src/select/strategy/options.ts";
export type { Oracle, SelectionOptions, SelectionRequest } from "./src/select/strategy/request.ts";
export type { SelectedBatch } from "./src/select/strategy/selection.ts";
export {
  defineStrategy,
  type Reading,
  type SharedTable,
  type Strategy,
  type StrategyDefinition,
  type StrategyFactory,
} from "./src/select/strategy/strategy.ts";
export { STRATEGIES, type StrategyName } from "./src/select/strategy/names.ts";
export { runStrategy, type StrategyLike } from "./src/select/run-strategy.ts";
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

export type { MatrixInput } from "./src/io/matrix.ts";
export { select, type SelectOptions, type SelectResult } from "./src/learn/select.ts";

export { type GivenWeights, Head, type HeadDescription, type Task } from "./src/head/head.ts";
export type { HiddenActivation } from "./src/head/network.ts";
export { loadHead, saveHead } from "./src/head/save.ts";
export { trainHead } from "./src/head/train-head.ts";
export type { TrainHeadOptions } from "./src/head/train-options.ts";
export type { TrainingReport } from "./src/head/training-report.ts";
export type { ColumnScale, Scaling } from "./src/pool/column-scale.ts";

export * from "./src/learn/metrics/area-under-curve.ts";
export * from "./src/learn/metrics/calibration.ts";
export * from "./src/learn/metrics/class-balance.ts";
export * from "./src/learn/metrics/classification.ts";
export * from "./src/learn/metrics/regression.ts";

export * from "./src/learn/learner/history.ts";
export * from "./src/learn/learner/options.ts";
export { ActiveLearner } from "./src/learn/learner/learner.ts";
export * from "./src/learn/learner/stopping.ts";
export { type Fresh, type Indices, LabelLog } from "./src/learn/learner/label-log.ts";
export type { LearnerSettings } from "./src/learn/learner/settings.ts";
export type { LearnerState } from "./src/learn/learner/state.ts";
export type { LayerValues } from "./src/head/layout.ts";
export type { Labeled, Measured } from "./src/head/labeled.ts";
export type { FirstOrder } from "./src/head/optimizers.ts";
export type { Schedule } from "./src/head/schedule.ts";
export type { Fingerprint } from "./src/learn/learner/fingerprint.ts";
