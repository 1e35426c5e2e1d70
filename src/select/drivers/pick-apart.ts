/**
 * The driver of strategies that pick far from what they have: a number for each sample that falls as picks
 * come near, and after every pick one pass over the pool. The next pick is the sample with the largest
 * number, or a draw in proportion to it.
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

/** A larger power leaves nothing to chance, and its logarithms leave the range of float32. */
const LARGEST_GAMMA = 1e30;

/** Where picks are apart. */
export interface PickSpace {
  /** `[n]`, not below 0: how far each sample is from the nearest pick. */
  readonly state: Tensor;
  /** Records the update of the state after entry `place` of the picker's picks. */
  add(picker: Picker, place: number): void;
}

/** How picks are made. */
export interface PickApartOptions extends RecordingOptions {
  /** Entries of the picker's picks that are there already. */
  readonly fixed: number;
  /** How many entries there will be. */
  readonly total: number;
  /**
   * Draws in proportion to `state^gamma`, from entry `from` on; what comes before is the largest. The key is that
   * of a stream of random words.
   */
  readonly draw?:
    | { readonly key: number; readonly gamma: number; readonly from: number }
    | undefined;
}

/**
 * Fills the picker.
 *
 * @param device where it runs
 * @param space the state, which entries of the picker may have formed already
 * @param picker holds the `fixed` first entries
 * @param phase its name in the progress display
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
  const advance = (place: number) => {
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
    space.add(picker, place);
  };
  await runGreedy(device, { advance }, phase, total, options);
}
