/**
 * What the steps of a phase of BAIT read and write.
 *
 * @module
 */

import type { Tensor } from "../../device/tensor.ts";
import type { FisherFactors } from "./fisher/factors.ts";

/** The matrices that several phases of a selection share. */
export interface Matrices {
  /** F `[D, D]`, the mean information of the samples of the pool. */
  readonly information: Tensor;
  /** M^-1 `[D, D]`. */
  readonly inverse: Tensor;
  /** P = M^-1 F M^-1 `[D, D]`. */
  readonly middle: Tensor;
}

/** The tensors of a phase that its steps share. */
export interface PhaseState {
  /** The samples to pick from. */
  readonly factors: FisherFactors;
  /** The matrices so far. */
  readonly matrices: Matrices;
  /** +1 to add samples, -1 to remove them. */
  readonly sigma: 1 | -1;
  /** G and H of each segment, `[rows, 2, r (r + 1) / 2]`. */
  readonly forms: readonly Tensor[];
  /** The scores of all samples, and behind them what the steps keep of groups of samples. */
  readonly scores: Tensor;
  /** The picks so far, u32. */
  readonly picks: Tensor;
  /** The state of the current pick; see `pickLayout` in src/kernels/bait/pick.ts. */
  readonly pick: Tensor;
  /** W and Z of the current pick, `[2 r, D]`. */
  readonly wz: Tensor;
  /** `X [W | Z]` of a segment; or of each segment the copy in tiles, once it was needed. */
  readonly scratch: Tensor[];
}
