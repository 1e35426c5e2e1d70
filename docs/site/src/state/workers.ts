/**
 * The two workers, as objects whose methods can be called.
 *
 * @module
 */

import { type Remote, wrap } from "comlink";
import type { Engine } from "../worker/engine.ts";
import type { RandomCurve } from "../worker/random-curve.ts";

/** Starts the worker that computes. */
export function startEngine(onCrash: (reason: string) => void): Remote<Engine> {
  return start<Engine>("engine", onCrash);
}

/** Starts the worker that simulates random labeling; the function ends it. */
export function startRandomCurve(): { random: Remote<RandomCurve>; end: () => void } {
  const worker = workerNamed("random-curve");
  return { random: wrap<RandomCurve>(worker), end: () => worker.terminate() };
}

function start<T>(name: string, onCrash: (reason: string) => void): Remote<T> {
  const worker = workerNamed(name);
  worker.addEventListener("error", (event) => onCrash(event.message ?? ""));
  return wrap<T>(worker);
}

/** The build writes the modules of the workers beside the page. */
function workerNamed(name: string): Worker {
  return new Worker(new URL(`${name}.js`, document.baseURI), { type: "module", name });
}
