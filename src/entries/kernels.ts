/**
 * The building blocks of custom kernels and strategies: kernels, recordings, tensors, matrix
 * products, the drivers of greedy strategies, and random numbers.
 *
 * @module
 */

export { allocate, type Allocation, type Tensors } from "../device/allocate.ts";
export type { Counts, DeviceLimits, Profile, ProfileRow, ReadRange } from "../device/device.ts";
export {
  type Access,
  defineKernel,
  type Grid,
  type Kernel,
  linearGrid,
  type Numbers,
  type Scalar,
} from "../device/kernel.ts";
export type { DeviceChoice } from "../device/open.ts";
export { Recording } from "../device/recording.ts";
export { type DType, Ledger, Tensor, type Values } from "../device/tensor.ts";
export { dispose, Resource, ResourceStack } from "../disposal.ts";
export type { HalfArray } from "../half-floats.ts";
export type { Rows } from "../linalg/gram.ts";
export { matmul, type Operand, type Product } from "../linalg/matmul.ts";
export { gatherNumbers, type GatherOptions } from "../pool/gather-numbers.ts";
export type { Block, Segment } from "../pool/pool.ts";
export {
  predictableSegments,
  type PredictedSegment,
  Probabilities,
} from "../pool/probabilities.ts";
export { counterHash, keyOf, Purpose } from "../random/counter-hash.ts";
export { sample } from "../random/sample.ts";
export { type GreedyStrategy, runGreedy } from "../select/drivers/greedy.ts";
export { type LazyGains, lazyGreedy, type LazyOptions } from "../select/drivers/lazy-greedy.ts";
export { pickApart, type PickApartOptions, type PickSpace } from "../select/drivers/pick-apart.ts";
export { Picker } from "../select/drivers/picker.ts";
export { selectTop, topOf } from "../select/drivers/top.ts";
export type { Members } from "../select/members/members.ts";
