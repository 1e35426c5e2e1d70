/**
 * The driver of greedy strategies that keep their state on the device: one recorded step for each
 * pick, and inspections of the state. The number of steps in a slice depends on time, but the
 * inspections do not, so that the picks do not depend on time either.
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
  inspect?(steps: number): Promise<Inspected>;
}

/** What follows an inspection. */
export interface Inspected {
  /** The number of picks that stand; those after them are repeated. */
  readonly done: number;
  /** The number of steps until the next inspection. */
  readonly next: number;
}

/** The number of steps before the first inspection. */
const FIRST_INSPECTION = 10;

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
  let next = Math.min(FIRST_INSPECTION, steps);
  for (let done = 1; done <= steps; done++) {
    await strategy.advance(done - 1);
    await recording.step();
    if (!strategy.inspect || done < next) continue;
    const inspected = await strategy.inspect(done);
    done = inspected.done;
    next = Math.min(done + inspected.next, steps);
  }
  recording.end();
}
