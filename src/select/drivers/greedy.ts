/**
 * The driver of greedy strategies: state on the device, one recorded step for each pick, and an
 * inspection after fixed numbers of steps. How steps are cut into slices depends on time; when the
 * state is inspected does not, so that the picks do not either.
 *
 * @module
 */

import type { Device } from "../../device/device.ts";
import { Recording, type RecordingOptions } from "../../device/recording.ts";

/** A strategy that picks one sample a step, with its state on the device. */
export interface GreedyStrategy {
  /** Records one pick and the update of the state after it; waits for nothing. */
  advance(step: number): void;
  /** Looks at the state after `steps` picks, and mends it where needed. */
  inspect?(steps: number): Promise<void>;
}

/**
 * Steps before the first inspection, and the most between two; the interval doubles each time. Errors
 * grow fastest while the scores fall fastest, at the start of a pool with few labels, and an inspection
 * costs a readback.
 */
const [SHORTEST, LONGEST] = [10, 100];

/**
 * Runs a strategy for a number of picks.
 *
 * @param device where it runs
 * @param strategy what picks
 * @param phase its name in the progress display
 * @param steps how many picks
 * @param options how progress is reported and the work is stopped
 */
export async function runGreedy(
  device: Device,
  strategy: GreedyStrategy,
  phase: string,
  steps: number,
  options: RecordingOptions,
): Promise<void> {
  const recording = new Recording(device, phase, steps, options);
  let interval = SHORTEST;
  let next = Math.min(interval, steps);
  for (let done = 1; done <= steps; done++) {
    strategy.advance(done - 1);
    await recording.step();
    if (!strategy.inspect || done < next) continue;
    await strategy.inspect(done);
    interval = Math.min(LONGEST, 2 * interval);
    next = Math.min(done + interval, steps);
  }
  recording.end();
}
