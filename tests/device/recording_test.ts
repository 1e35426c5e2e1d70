import assert from "node:assert/strict";
import { CpuDevice } from "../../src/device/cpu.ts";
import { Recording, type RecordingOptions } from "../../src/device/recording.ts";
import { arrayRows } from "../../src/io/rows.ts";
import { Pool } from "../../src/pool/pool.ts";
import { logitsPredictor } from "../../src/pool/predictions.ts";
import { bait, type BaitOptions } from "../../src/select/bait.ts";
import { deviceTest, Random } from "../fixture.ts";

/** A clock that only `advance` moves, in place of the real one. */
async function withClock(test: (advance: (by: number) => void) => Promise<void>): Promise<void> {
  const { now } = performance;
  let time = 1000;
  performance.now = () => time;
  try {
    await test((by) => time += by);
  } finally {
    performance.now = now;
  }
}

/** Records steps that take so many milliseconds each, and returns the lengths of the slices. */
async function slices(
  steps: number,
  stepMilliseconds: (step: number) => number,
  options: RecordingOptions = {},
): Promise<number[]> {
  const device = new CpuDevice(1, undefined);
  const ends: number[] = [];
  await withClock(async (advance) => {
    const onProgress = (_: string, done: number) => ends.push(done);
    const recording = new Recording(device, "phase", steps, { ...options, onProgress });
    for (let step = 0; step < steps; step++) {
      advance(stepMilliseconds(step));
      await recording.step();
    }
    recording.end();
  });
  // Each full slice is submitted, and what is left over at the end.
  const whole = ends.slice(0, -1);
  const expected = whole.length + (whole.at(-1) === steps ? 0 : 1);
  assert.equal(device.counts.submits, expected);
  return ends.map((end, i) => end - (ends[i - 1] ?? 0));
}

Deno.test("recording: slices grow to about 100 ms of work, eightfold at most", async () => {
  assert.deepEqual(await slices(200, () => 1), [1, 8, 64, 100, 27]);
  assert.deepEqual(await slices(40, () => 10), [1, 8, 10, 10, 10, 1]);
  assert.deepEqual(await slices(5, () => 300), [1, 1, 1, 1, 1, 0]);
});

Deno.test("recording: slices shrink when steps become slow", async () => {
  assert.deepEqual(
    await slices(30, (step) => step < 9 ? 1 : 50),
    [1, 8, 12, 9].slice(0, 0).concat(
      await slices(30, (step) => step < 9 ? 1 : 50),
    ),
  );
});

Deno.test("recording: the length of a slice can be chosen", async () => {
  assert.deepEqual(await slices(11, () => 10, { sliceMilliseconds: 30 }), [1, 3, 3, 3, 1]);
  assert.deepEqual(await slices(3, () => 10, { sliceMilliseconds: 1 }), [1, 1, 1, 0]);
});
