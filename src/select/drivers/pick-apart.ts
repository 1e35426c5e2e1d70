/**
 * The driver of strategies that pick samples far from each other: a state for each sample that
 * falls as picks come near it, updated in one pass over the pool after every pick. The next pick is
 * the sample with the largest state, or a random draw in proportion to it.
 *
 * @module
 */

import type { Device } from "../../device/device.ts";
import type { RecordingOptions } from "../../device/recording.ts";
import type { Tensor } from "../../device/tensor.ts";
import { counterHash } from "../../random/counter-hash.ts";
import { drawScores } from "../../kernels/drivers/draw-scores.ts";
import { runGreedy } from "./greedy.ts";
import type { Picker } from "./picker.ts";

/**
 * The largest power: beyond it draws are deterministic, and logarithms leave the range of float32.
 */
const LARGEST_GAMMA = 1e30;

/** A space with distances between samples, and the state of a selection in it. */
export interface PickSpace {
  /** `[n]`, not negative: a measure of how far each sample is from the nearest pick. */
  readonly state: Tensor;
  /** Records the update of the state after entry `place` of `picker.picks` has been picked. */
  add(picker: Picker, place: number): void;
}

/** The options of {@linkcode pickApart}. */
export interface PickApartOptions extends RecordingOptions {
  /** The number of entries of `picker.picks` that are already filled. */
  readonly fixed: number;
  /** The number of entries after the selection. */
  readonly total: number;
  /**
   * Draws samples in proportion to `state^gamma` from entry `from` on; earlier entries, or all
   * without this option, take the largest state. `key` is the key of a stream of random words.
   */
  readonly draw?:
    | { readonly key: number; readonly gamma: number; readonly from: number }
    | undefined;
}

/**
 * Fills a picker with samples that are far from each other.
 *
 * @param device the device that holds the state
 * @param space the state, which filled entries of the picker may have formed already
 * @param picker the picker, with its first `fixed` entries filled
 * @param phase the name of the phase for the progress callback
 * @param options see {@linkcode PickApartOptions}
 */
export async function pickApart(
  device: Device,
  space: PickSpace,
  picker: Picker,
  phase: string,
  options: PickApartOptions,
): Promise<void> {
  const { fixed, total, draw } = options;
  const { state } = space;
  using scores = device.tensor("scores", [state.size]);
  const advance = async (place: number) => {
    if (place >= fixed) {
      const draws = draw && place >= draw.from;
      if (draws) {
        device.run(drawScores, { state, scores }, {
          size: state.size,
          key: counterHash(place, draw.key),
          gamma: Math.min(draw.gamma, LARGEST_GAMMA),
        });
      }
      picker.take(draws ? scores : state, place);
    }
    await picker.locate(place);
    space.add(picker, place);
  };
  await runGreedy(device, { advance }, phase, total, options);
}
