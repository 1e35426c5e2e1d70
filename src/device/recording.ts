/**
 * A recording cuts a long run of small steps into slices of about 100 ms of work, so that browsers'
 * watchdogs stay quiet, progress can be shown and the work can be canceled. How many steps fit in a
 * slice is learned from the slices before; it never changes what is computed, only when it is waited
 * for.
 *
 * @module
 */

import type { Device } from "./device.ts";

/** Told after each slice: how many of how many steps of which phase are done. */
export type Progress = (phase: string, done: number, total: number) => void;

/** How progress of a long piece of work is reported, and how it is stopped. */
export interface RecordingOptions {
  /** Stops the work between two slices; its reason is thrown. */
  signal?: AbortSignal | undefined;
  /** Called after each slice. */
  onProgress?: Progress | undefined;
  /** How much work one slice holds, in milliseconds. Default 100. */
  sliceMilliseconds?: number | undefined;
}

/** A slice may hold at most this many times the steps of the one before it. */
const GROWTH = 8;

/** A run of steps on a device, submitted in slices. */
export class Recording {
  #inSlice = 0;
  #quota = 1;
  #done = 0;
  #start = performance.now();

  /**
   * Starts a recording.
   *
   * @param device where the steps run
   * @param phase what it is, for the progress display
   * @param total how many steps are to come; should there be more, progress stays at the total
   * @param options how progress is reported and the work is stopped
   */
  constructor(
    private readonly device: Device,
    private readonly phase: string,
    private readonly total: number,
    private readonly options: RecordingOptions = {},
  ) {
    this.#throwIfAborted();
  }

  /** Ends a step: submits and waits when the slice is full. */
  async step(): Promise<void> {
    this.#done++;
    if (++this.#inSlice >= this.#quota) await this.#endSlice();
  }

  /** Submits what is left, without waiting for it. */
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
