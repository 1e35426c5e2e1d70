/**
 * The driver of greedy strategies that keep their state on the device: one recorded step for each
 * pick, and an inspection of the state after fixed numbers of steps. The number of steps in a slice
 * depends on time, but the inspections do not, so that the picks do not depend on time either.
 *
 * @module
 */

import type { Device } from "../../device/device.ts";
import { Recording, type RecordingOptions } from "../../device/recording.ts";

/** A strategy that picks one sample in each step and keeps its state on the device. */
export interface GreedyStrategy {
  /** Records one pick and the following update of the state; it waits only to stream a pool. */
  advance(step: number): void | Promise<void>;
  /** Reads the state after `steps` picks, and repairs it if needed. */
  inspect?(steps: number): Promise<void>;
}

/**
 * The number of steps before the first inspection. The interval doubles after each one: errors grow
 * fastest while the scores fall fastest, at the start of a pool with few labels, and an inspection
 * costs a readback.
 */
const SHORTEST_INTERVAL = 10;

/** The largest number of steps between two inspections. */
const LONGEST_INTERVAL = 100;

/**
 * Runs a greedy strategy for a number of picks.
 *
 * @param device the device that holds the state
 * @param strategy the strategy
 * @param phase the name of the phase for the progress callback
 * @param steps the number of picks
 * @param options the abort signal and the progress callback
 */
export async function runGreedy(
  device: Device,
  strategy: GreedyStrategy,
  phase: string,
  steps: number,
  options: RecordingOptions,
): Promise<void> {
  const recording = new Recording(device, phase, steps, options);
  let interval = SHORTEST_INTERVAL;
  let next = Math.min(interval, steps);
  for (let done = 1; done <= steps; done++) {
    await strategy.advance(done - 1);
    await recording.step();
    if (!strategy.inspect || done < next) continue;
    await strategy.inspect(done);
    interval = Math.min(LONGEST_INTERVAL, 2 * interval);
    next = Math.min(done + interval, steps);
  }
  recording.end();
}
