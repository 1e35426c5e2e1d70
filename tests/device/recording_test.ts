import assert from "node:assert/strict";
import { CpuDevice } from "../../src/device/cpu.ts";
import type { Device } from "../../src/device/device.ts";
import { Recording, type RecordingOptions } from "../../src/device/recording.ts";
import { arrayRows } from "../../src/io/rows.ts";
import { Pool } from "../../src/pool/pool.ts";
import { logitsPredictor } from "../../src/pool/predictions.ts";
import { runBait } from "../../src/select/bait/run-bait.ts";
import type { BaitInput, BaitSelection } from "../../src/select/bait/options.ts";
import { deviceTest, Random, withProperties } from "../fixture.ts";

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
  const times = (step: number) => step < 9 ? 1 : 50;
  assert.deepEqual(await slices(80, times), [1, 8, 64, 2, 2, 2, 1]);
});

Deno.test("recording: a length that is no number, or below 0, is refused", async () => {
  const device = new CpuDevice(1, undefined);
  for (const sliceMilliseconds of [NaN, -1, -Infinity]) {
    assert.throws(() => new Recording(device, "phase", 1, { sliceMilliseconds }), {
      name: "InputError",
      message: `sliceMilliseconds must be a number, 0 or more: found ${sliceMilliseconds}`,
    });
  }
  assert.deepEqual(await slices(3, () => 10, { sliceMilliseconds: 0 }), [1, 1, 1, 0]);
});

Deno.test("recording: the length of a slice can be chosen", async () => {
  assert.deepEqual(await slices(11, () => 10, { sliceMilliseconds: 30 }), [1, 3, 3, 3, 1]);
  assert.deepEqual(await slices(3, () => 10, { sliceMilliseconds: 1 }), [1, 1, 1, 0]);
});

Deno.test("recording: an aborted signal is heeded before the first step and after a slice", async () => {
  const reason = new Error("the user left");
  const aborted = AbortSignal.abort(reason);
  const device = new CpuDevice(1, undefined);
  assert.throws(() => new Recording(device, "phase", 3, { signal: aborted }), reason);
  assert.throws(() => new Recording(new CpuDevice(1, aborted), "phase", 3), reason);

  const controller = new AbortController();
  const recording = new Recording(device, "phase", 3, { signal: controller.signal });
  await recording.step();
  controller.abort(reason);
  const rest = async () => {
    for (let step = 0; step < 50; step++) await recording.step();
  };
  await assert.rejects(rest, reason);
  assert.equal(device.counts.submits, 2);
});

/** A selection among 157 samples, by default of 6 beside 9 labeled ones. */
async function select(device: Device, options: Partial<BaitInput> = {}): Promise<BaitSelection> {
  const [rows, columns, classes] = [157, 5, 3];
  const random = new Random(1);
  const features = arrayRows("features", random.normals(rows * columns), columns);
  using pool = await Pool.from(device, features);
  return await runBait(pool, {
    fisher: "exp",
    budget: 6,
    labeled: [3, 30, 31, 40, 57, 98, 99, 130, 155],
    predictor: logitsPredictor(arrayRows("logits", random.normals(rows * classes), classes)),
    ...options,
  });
}

/** So short that every step is a slice of its own. */
const shortest = 0.001;

/** Asserts that a phase's progress only grows, up to its total, which begins it anew. */
function checkProgress(
  reports: readonly (readonly [phase: string, done: number, total: number])[],
) {
  let before = 0;
  for (const [phase, done, total] of reports) {
    assert.ok(done >= before && done <= total, `${phase}: ${done} of ${total} after ${before}`);
    before = done < total ? done : 0;
  }
  assert.equal(before, 0, "the last phase is complete");
}

deviceTest("bait: progress never goes back, and every phase ends complete", async (device) => {
  const reports: [phase: string, done: number, total: number][] = [];
  await select(device, {
    onProgress: (...report) => reports.push(report),
    sliceMilliseconds: shortest,
  });
  const phases = Map.groupBy(reports, ([phase]) => phase);
  assert.deepEqual([...phases.keys()], ["information", "scores", "forward", "backward"]);
  for (const reports of phases.values()) {
    assert.ok(reports.length > 2, "cut into slices");
    checkProgress(reports);
  }
});

Deno.test("recording: more steps than announced do not overshoot the total", async () => {
  const reports: [string, number, number][] = [];
  const recording = new Recording(new CpuDevice(1, undefined), "phase", 2, {
    onProgress: (...report) => reports.push(report),
    sliceMilliseconds: shortest,
  });
  for (let step = 0; step < 4; step++) await recording.step();
  recording.end();
  assert.deepEqual(reports.map(([, done]) => done), [1, 2, 2, 2, 2]);
});

deviceTest("bait: the picks do not depend on how the work is cut", async (device) => {
  const whole = await select(device, { sliceMilliseconds: 1e9 });
  for (const sliceMilliseconds of [shortest, 3]) {
    assert.deepEqual(await select(device, { sliceMilliseconds }), whole);
  }
});

deviceTest("bait: longer slices are fewer submissions", async (device) => {
  const submissions = async (sliceMilliseconds: number) => {
    const before = device.counts.submits;
    await select(device, { sliceMilliseconds });
    return device.counts.submits - before;
  };
  const [fine, coarse] = [await submissions(shortest), await submissions(1e9)];
  assert.ok(coarse < fine / 2, `${fine} and ${coarse}`);
});

deviceTest(
  "bait: stopped anywhere it throws the reason and leaves nothing behind",
  async (device) => {
    const reports: string[] = [];
    const sliceMilliseconds = shortest;
    await select(device, { sliceMilliseconds, onProgress: (phase) => reports.push(phase) });
    const { count, bytes } = device.memory;
    for (const phase of new Set(reports)) {
      const reason = new Error(`stopped in ${phase}`);
      const controller = new AbortController();
      const onProgress = (now: string) => {
        if (now === phase) controller.abort(reason);
      };
      const { signal } = controller;
      await assert.rejects(select(device, { sliceMilliseconds, signal, onProgress }), reason);
      await device.idle();
      assert.deepEqual([device.memory.count, device.memory.bytes], [count, bytes]);
    }
  },
);

deviceTest("bait: the device's own signal stops it, too", async (device) => {
  const reason = new Error("all is over");
  const stopped = withProperties(device, { signal: AbortSignal.abort(reason) });
  await assert.rejects(select(stopped), reason);
});
