/**
 * What the page uses of the library. A page elsewhere imports the same names from `@creel/creel`,
 * `/datasets`, `/kernels`, `/learner` and `/metrics`. Here they come from their own modules, since
 * esbuild (0.28), when it splits code into chunks, moves everything that a module re-exports into
 * the chunk of whoever imports that module: with `mod.ts` the page would load all strategies at
 * once (60 kB more).
 *
 * @module
 */

export type { Device } from "../../../src/device/device.ts";
export { isSoftware, openDevice } from "../../../src/device/open.ts";
export { DeviceError, InputError } from "../../../src/errors.ts";
export { saveHead } from "../../../src/head/save.ts";
export { trainHead } from "../../../src/head/train-head.ts";
export { blobSource, type ByteSource } from "../../../src/io/bytes.ts";
export { matmul } from "../../../src/linalg/matmul.ts";
export type { Tensor } from "../../../src/device/tensor.ts";
export { arrayRows, readAll } from "../../../src/io/rows.ts";
export type { HistoryEvent } from "../../../src/learn/learner/history.ts";
export type { LabelLog } from "../../../src/learn/learner/label-log.ts";
export { ActiveLearner } from "../../../src/learn/learner/learner.ts";
export type { LearnerState } from "../../../src/learn/learner/state.ts";
export { Pool } from "../../../src/pool/pool.ts";
export { keyOf } from "../../../src/random/counter-hash.ts";
export { sample } from "../../../src/random/sample.ts";
export { bait } from "../../../src/select/bait/bait.ts";
export type { StrategyLike } from "../../../src/select/run-strategy.ts";
export type { OptionDeclaration, OptionTable } from "../../../src/select/strategy/options.ts";
