/**
 * The driver of greedy strategies: state on the device, one recorded step for each pick, and an
 * inspection after fixed numbers of steps. How steps are cut into slices depends on time; when the
 * state is inspected does not, so that the picks do not either.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import { Recording, type RecordingOptions } from "../device/recording.ts";

/** A strategy that picks one sample a step, with its state on the device. */
export interface GreedyStrategy {
  /** Records one pick and the update of the state after it; waits for nothing. */
  advance(step: number): void;
  /** Looks at the state after `steps` picks and mends it where needed. */
  inspect(steps: number): Promise<void>;
}

/** Steps between two inspections. */
export const INSPECT_EVERY = 100;

/**
 * Runs a strategy for a number of picks.
 *
 * @param device where it runs
 * @param strategy what picks
 * @param phase its name in the progress display
 * @param steps how many picks
 * @param options how it is watched and stopped
 */
export async function runGreedy(
  device: Device,
  strategy: GreedyStrategy,
  phase: string,
  steps: number,
  options: RecordingOptions,
): Promise<void> {
  const recording = new Recording(device, phase, steps, options);
  for (let step = 0; step < steps; step++) {
    strategy.advance(step);
    await recording.step();
    if ((step + 1) % INSPECT_EVERY === 0 || step + 1 === steps) await strategy.inspect(step + 1);
  }
  recording.end();
}
