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

export type { Fisher } from "./src/select/bait/fisher/factors.ts";
export type { Rows } from "./src/linalg/gram.ts";
export {
  type Block,
  Pool,
  type PoolOptions,
  type Scale,
  type Segment,
  type Storage,
} from "./src/pool/pool.ts";
export {
  type LinearWeights,
  logitsPredictor,
  type Predictor,
  probsPredictor,
} from "./src/pool/predictions.ts";

export {
  bait,
  type BaitChoices,
  type BaitOptions,
  type BaitSelect,
  type BaitSelection,
  type Weighting,
} from "./src/select/bait/run-bait.ts";
export {
  type BaitReport,
  type Oracle,
  runStrategy,
  type Selection,
  STRATEGIES,
  type StrategyChoices,
  type StrategyName,
  type StrategyOptions,
} from "./src/select/strategy.ts";

export type { LbfgsReport } from "./src/head/lbfgs.ts";
export { LinearHead, type LinearHeadOptions, type LinearHeadReport } from "./src/head/linear.ts";

export {
  type MatrixInput,
  select,
  type SelectOptions,
  type SelectResult,
} from "./src/learn/select.ts";

export {
  type ColumnScale,
  type Head,
  headOf,
  predictValues,
  type Task,
  type TrainingReport,
} from "./src/head/head.ts";
export { rawHead } from "./src/head/raw-head.ts";
export { loadHead, saveHead } from "./src/head/save.ts";
export { type Measured, trainHead } from "./src/head/train-head.ts";
export type { TrainHeadOptions } from "./src/head/train-options.ts";

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
export type { Labeled } from "./src/head/labeled.ts";
export type { FirstOrder } from "./src/head/optimizers.ts";
export type { Schedule } from "./src/head/schedule.ts";
export type { Fingerprint } from "./src/learn/learner/fingerprint.ts";
