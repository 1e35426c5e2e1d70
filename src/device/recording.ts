/**
 * A recording submits a long run of small steps in slices of about 100 ms of work, so that a
 * browser's GPU watchdog does not stop it, progress can be reported and the work can be canceled.
 * The number of steps in a slice follows from the duration of the slices before; it has no
 * influence on the results, only on when the host waits for the device.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import type { Device } from "./device.ts";

/**
 * A progress callback: receives the name of the phase, the number of finished steps, and the total
 * number of steps.
 */
export type Progress = (phase: string, done: number, total: number) => void;

/** The options of long-running work: how progress is reported and the work is aborted. */
export interface RecordingOptions {
  /** An abort signal that stops the work between two slices; its reason is thrown. */
  signal?: AbortSignal | undefined;
  /** The progress callback, called after each slice. */
  onProgress?: Progress | undefined;
  /** The target duration of a slice in milliseconds, 0 or more. Default 100. */
  sliceMilliseconds?: number | undefined;
}

/** The largest ratio of the numbers of steps in two consecutive slices. */
const GROWTH = 8;

/**
 * Submits a run of steps to a device in slices, reports progress, and stops on an abort signal.
 *
 * @example Ten dispatches with progress
 * ```ts
 * import { openDevice } from "@creel/creel";
 * import { defineKernel, linearGrid, Recording } from "@creel/creel/kernels";
 * import assert from "node:assert/strict";
 *
 * const increment = defineKernel({
 *   name: "increment",
 *   wgsl: `
 *     @group(0) @binding(0) var<storage, read_write> x: array<f32>;
 *     @compute @workgroup_size(1)
 *     fn main(@builtin(global_invocation_id) id: vec3u) { x[id.x] += 1.0; }
 *   `,
 *   bindings: { x: "write" },
 *   params: {},
 *   constants: {},
 *   grid: () => linearGrid(1),
 *   cpu: ({ x }) => {
 *     x[0]!++;
 *   },
 * });
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = device.tensor("x", [1]);
 * let last = 0;
 * const recording = new Recording(device, "counting", 10, {
 *   onProgress: (_phase, done) => last = done,
 * });
 * for (let step = 0; step < 10; step++) {
 *   device.run(increment, { x }, {});
 *   await recording.step();
 * }
 * recording.end();
 * assert.equal(last, 10);
 * assert.deepEqual([...await device.read(x)], [10]);
 * ```
 */
export class Recording {
  #inSlice = 0;
  #quota = 1;
  #done = 0;
  #start = performance.now();

  /**
   * Starts a recording.
   *
   * @param device the device that the steps run on
   * @param phase the name of the phase, for the progress callback
   * @param total the expected number of steps; if there are more, progress stays at the total
   * @param options how progress is reported and the work is aborted
   * @throws {InputError} if `sliceMilliseconds` is NaN or negative
   * @throws the reason of the abort signal, if it was aborted
   */
  constructor(
    private readonly device: Device,
    private readonly phase: string,
    private readonly total: number,
    private readonly options: RecordingOptions = {},
  ) {
    const { sliceMilliseconds = 100 } = options;
    if (!(sliceMilliseconds >= 0)) {
      throw new InputError(
        `sliceMilliseconds must be a number, 0 or more: found ${sliceMilliseconds}`,
      );
    }
    this.#throwIfAborted();
  }

  /**
   * Ends a step. If the slice is full, it is submitted, and the promise resolves when the device
   * has finished it.
   *
   * @throws the reason of the abort signal, if it was aborted
   */
  async step(): Promise<void> {
    this.#done++;
    if (++this.#inSlice >= this.#quota) await this.#endSlice();
  }

  /** Ends the recording: submits the remaining steps without waiting for them. */
  end(): void {
    if (this.#inSlice > 0) this.device.submit();
    this.#inSlice = 0;
    this.options.onProgress?.(this.phase, this.total, this.total);
  }

  async #endSlice(): Promise<void> {
    this.device.submit();
    await this.device.idle();
    const spent = Math.max(performance.now() - this.#start, 0.1);
    const target = this.options.sliceMilliseconds ?? 100;
    const fitting = Math.floor(this.#inSlice * target / spent);
    this.#quota = Math.max(1, Math.min(fitting, this.#inSlice * GROWTH));
    this.#inSlice = 0;
    this.options.onProgress?.(this.phase, Math.min(this.#done, this.total), this.total);
    this.#throwIfAborted();
    this.#start = performance.now();
  }

  #throwIfAborted(): void {
    this.options.signal?.throwIfAborted();
    this.device.signal?.throwIfAborted();
  }
}
