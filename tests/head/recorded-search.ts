/** L-BFGS on a function given in TypeScript, with what each of its steps sees and does. */

import type { Device } from "../../src/device/device.ts";
import { allocate } from "../../src/device/allocate.ts";
import { DOTS, lbfgsLayout, LbfgsStatus, State } from "../../src/kernels/head/lbfgs.ts";
import { lbfgsDots } from "../../src/kernels/head/lbfgs-dots.ts";
import { lbfgsMove } from "../../src/kernels/head/lbfgs-move.ts";
import { lbfgsStep } from "../../src/kernels/head/lbfgs-step.ts";

/** A function to minimize: its value at x, and its gradient, which it writes. */
export type Objective = (x: ArrayLike<number>, gradient: Float64Array) => number;

/** One step: what it was given, and the state it left. */
export interface RecordedStep {
  readonly before: number[];
  readonly after: number[];
  readonly dots: number[];
  readonly terms: number[];
}

/** The settings of a search. */
export interface SearchSettings {
  readonly size: number;
  readonly history: number;
  readonly chunk: number;
  readonly params: { maxIterations: number; tolerance: number; epsilon: number };
}

/** Minimizes on a device until the search has ended and two evaluations longer. */
export async function recordSearch(
  device: Device,
  objective: Objective,
  { size, history, chunk, params }: SearchSettings,
): Promise<{ steps: RecordedStep[]; solution: number[]; trials: number[][] }> {
  const chunks = Math.ceil(size / chunk);
  using t = allocate(device, {
    trial: ["trial", [size]],
    gradient: ["gradient", [size]],
    terms: ["terms", [1]],
    work: ["work", [3, size]],
    s: ["s", [history, size]],
    y: ["y", [history, size]],
    dots: ["dots", [chunks, history + 1, DOTS]],
    state: ["state", [lbfgsLayout(history).size]],
  });
  const { trial, gradient, terms, work, s, y, dots, state } = t;
  const steps: RecordedStep[] = [];
  const trials: number[][] = [];
  const values = new Float64Array(size);
  let x: ArrayLike<number> = new Float64Array(size);
  let before = Array.from({ length: state.size }, () => 0);
  for (let left = 3; left > 0 && steps.length < 300;) {
    trials.push(Array.from(x));
    device.write(terms, [objective(x, values)]);
    device.write(gradient, values);
    device.run(
      lbfgsDots,
      { state, trial, gradient, work, s, y, dots },
      { size, chunk },
      { history },
    );
    device.run(lbfgsStep, { terms, dots, state }, { terms: 1, chunks, ...params }, { history });
    device.run(lbfgsMove, { state, gradient, trial, work, s, y }, { size }, { history });
    const read = await device.readAll([state, dots, terms, trial].map((tensor) => ({ tensor })));
    const [after, products, loss] = read.map((values) => Array.from(values));
    steps.push({ before, after: after!, dots: products!, terms: loss! });
    x = read[3]!;
    before = after!;
    if (after![State.status] !== LbfgsStatus.running) left--;
  }
  return { steps, solution: Array.from(await device.read(work, 0, size)), trials };
}
