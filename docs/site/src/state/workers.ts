/**
 * The two workers, as objects whose methods can be called.
 *
 * @module
 */

import { type Remote, wrap } from "comlink";
import type { Engine } from "../worker/engine.ts";
import type { RandomCurve } from "../worker/random-curve.ts";
import { engineWorker, workerNamed } from "./engine-worker.ts";

/** The worker that computes. */
export function startEngine(onCrash: (reason: string) => void): Remote<Engine> {
  const worker = engineWorker();
  worker.addEventListener("error", (event) => onCrash(event.message ?? ""));
  return wrap<Engine>(worker);
}

/** Starts the worker that simulates random labeling; the function ends it. */
export function startRandomCurve(): { random: Remote<RandomCurve>; end: () => void } {
  const worker = workerNamed("random-curve");
  return { random: wrap<RandomCurve>(worker), end: () => worker.terminate() };
}
