import assert from "node:assert/strict";
import type { Device } from "../../../src/device/device.ts";
import { DeviceError } from "../../../src/errors.ts";
import type { SelectOptions } from "../../../src/learn/select.ts";
import { deviceTest, Random, sharedDevice, withProperties } from "../../fixture.ts";
import { rowsOf, solve } from "../problems.ts";
import type { Problem } from "./textbook.ts";

/** A pool of one block with 250 samples. */
function problemOf(budget: number, fisher: Problem["fisher"] = "binary"): Problem {
  const random = new Random(11);
  return {
    features: rowsOf(random.normals(250 * 24), 24),
    logits: rowsOf(random.normals(250 * 3), 3),
    labeled: [3, 77],
    fisher,
    topClasses: 2,
    weighting: "reference",
    lambda: 4,
    budget,
    oversample: 2,
  };
}

/** The work that a selection submitted to its device. */
async function costOf(device: Device, problem: Problem, more: Partial<SelectOptions> = {}) {
  const { dispatches, submits, readbacks } = { ...device.counts };
  const { bait } = await solve(device, problem, more);
  const { counts } = device;
  return {
    rebuilds: bait!.rebuilds,
    dispatches: counts.dispatches - dispatches,
    submits: counts.submits - submits,
    readbacks: counts.readbacks - readbacks,
  };
}

const whole = { sliceMilliseconds: 1e9 };

/** The same device with so little memory left that nothing is allocated which may be left out. */
function scarce(device: Device): Device {
  return withProperties(device, {
    memory: Object.create(device.memory, { budget: { value: 1e6 } }),
  });
}

/** The kernels that a selection of 30 dispatches 40 times more often than one of 10. */
async function pickKernels(device: Device, fisher: Problem["fisher"]): Promise<string[]> {
  const counted = async (budget: number) => {
    const before = new Map(device.counts.kernels);
    assert.equal((await costOf(device, problemOf(budget, fisher))).rebuilds, 0);
    return (name: string) => device.counts.kernels.get(name)! - (before.get(name) ?? 0);
  };
  const few = await counted(10);
  const dispatched = new Map([...device.counts.kernels.keys()].map((name) => [name, few(name)]));
  const many = await counted(30);
  return [...dispatched.keys()].filter((name) => many(name) - dispatched.get(name)! === 40);
}

deviceTest("stream: a pick of rank 1 takes three dispatches, any other five", async (device) => {
  const three = ["project-best", "score-tiles", "update-matrices"];
  // And a matrix product, whose kernel has other uses.
  const five = ["pick-sample", "project-pick", "update-matrices", "update-scores"];
  for (const fisher of ["binary", "regression"] as const) {
    assert.deepEqual((await pickKernels(device, fisher)).toSorted(), three);
    const plain = await pickKernels(scarce(device), fisher);
    assert.deepEqual(plain.toSorted(), five, "without a copy");
  }
  const other = await pickKernels(device, "exp");
  assert.deepEqual(other.filter((name) => !name.includes("matmul")).toSorted(), five);
});

deviceTest("stream: a copy in tiles changes no pick", async (device) => {
  for (const fisher of ["binary", "regression"] as const) {
    const copied = await solve(device, problemOf(40, fisher));
    const plain = await solve(scarce(device), problemOf(40, fisher));
    assert.deepEqual(copied.picks, plain.picks);
    assert.deepEqual(copied.bait!.forward, plain.bait!.forward);
  }
});

deviceTest(
  "stream: a look at the drift every 5 to 40 additions, and no other readbacks that grow",
  async (device) => {
    for (const budget of [10, 25, 40]) {
      const { readbacks, rebuilds } = await costOf(device, problemOf(budget));
      assert.equal(rebuilds, 0);
      // Lambda, the labeled samples, the members and R for the backward phase; the picks; the
      // objective.
      const looks = readbacks - 6;
      assert.ok(looks >= 2 * budget / 40 && looks <= 2 * budget / 5, `${looks} for ${budget}`);
    }
    const { readbacks } = await costOf(device, { ...problemOf(10), oversample: 1 });
    // One for a look, one to compare lambda with F, one for the picks and one for the objective.
    assert.equal(readbacks, 4, "10 picks and no backward phase");
  },
);

deviceTest(
  "stream: submits grow with the requested time, not with the picks",
  async (device) => {
    const few = await costOf(device, problemOf(10), whole);
    const more = await costOf(device, problemOf(40), whole);
    assert.deepEqual([few.rebuilds, more.rebuilds], [0, 0]);
    assert.ok(few.submits <= 40, `${few.submits} submits`);
    // A slice is at most eight times the one before: 10 to 80 steps are one slice more.
    // Each of the three further looks at the drift ends one as well.
    assert.ok(more.submits - few.submits <= 8, `${more.submits} instead of ${few.submits} submits`);
    const sliced = await costOf(device, problemOf(10), { sliceMilliseconds: 1e-3 });
    assert.ok(sliced.submits >= 30, "a slice for every step");
  },
);

deviceTest(
  "stream: progress rises through the phases in order and ends at the total",
  async (device) => {
    const seen: [phase: string, done: number, total: number][] = [];
    await solve(device, problemOf(20), {
      sliceMilliseconds: 1e-3,
      onProgress: (...report) => seen.push(report),
    });
    const phases = [...new Set(seen.map(([phase]) => phase))];
    assert.deepEqual(phases, ["information", "scores", "forward", "backward"]);
    for (const phase of phases) {
      const reports = seen.filter(([name]) => name === phase);
      const total = reports[0]![2];
      assert.ok(reports.every(([, done, of]) => of === total && done >= 0 && done <= total));
      const done = reports.map(([, done]) => done);
      assert.deepEqual(done, done.toSorted((a, b) => a - b));
      assert.equal(done.at(-1), total);
      assert.equal(
        seen.findLastIndex(([name]) => name === phase) + 1 - reports.length,
        seen.indexOf(reports[0]!),
      );
    }
    assert.deepEqual(seen.filter(([phase]) => phase === "forward").at(-1), ["forward", 40, 40]);
    assert.deepEqual(seen.at(-1), ["backward", 20, 20]);
  },
);

deviceTest(
  "stream: aborting stops between two slices, with its reason, and frees everything",
  async (device) => {
    const reason = new Error("enough");
    for (const phase of ["information", "scores", "forward", "backward"]) {
      const { count, bytes } = device.memory;
      const controller = new AbortController();
      let after = 0;
      const selection = solve(device, problemOf(30), {
        sliceMilliseconds: 1e-3,
        signal: controller.signal,
        onProgress(name) {
          if (controller.signal.aborted) after++;
          if (name === phase) controller.abort(reason);
        },
      });
      await assert.rejects(selection, (error) => error === reason, phase);
      assert.equal(after, 0, "nothing is done after the slice");
      assert.deepEqual([device.memory.count, device.memory.bytes], [count, bytes]);
    }
    const aborted = solve(device, problemOf(5), { signal: AbortSignal.abort(reason) });
    await assert.rejects(aborted, (error) => error === reason);
    // The device's own signal stops its work too.
    const stopped = withProperties(device, { signal: AbortSignal.abort(reason) });
    await assert.rejects(solve(stopped, problemOf(5)), (error) => error === reason);
    assert.equal(
      (await solve(device, problemOf(5))).picks.length,
      5,
      "the device is good afterwards",
    );
  },
);

deviceTest(
  "stream: the device's signal stops the backward phase before its work on the CPU",
  async (device) => {
    const reason = new Error("Ctrl-C");
    const controller = new AbortController();
    const stopped = withProperties(device, { signal: controller.signal });
    const products = () => device.counts.kernels.get("matmul") ?? 0;
    let before = 0;
    const selection = solve(stopped, problemOf(30), {
      onProgress(phase, done, total) {
        if (phase !== "forward" || done < total) return;
        before = products();
        controller.abort(reason);
      },
    });
    await assert.rejects(selection, (error) => error === reason);
    assert.ok(before > 0);
    // What the phase computes on the CPU, it multiplies by F on the device.
    assert.equal(products(), before);
  },
);

deviceTest(
  "stream: an error of the progress callback is passed on, and frees everything",
  async (device) => {
    const { count } = device.memory;
    const error = new Error("the page is gone");
    const failing = solve(device, problemOf(5), {
      onProgress(phase) {
        if (phase === "forward") throw error;
      },
    });
    await assert.rejects(failing, (thrown) => thrown === error);
    assert.equal(device.memory.count, count);
  },
);

Deno.test("stream: whichever allocation fails, everything before it is freed", async () => {
  const device = await sharedDevice("cpu");
  for (const fisher of ["exp", "binary"] as const) {
    const { count, bytes } = device.memory;
    const leaks: string[] = [];
    for (let failing = 0;; failing++) {
      let allocation = 0;
      const failed: string[] = [];
      const poor = withProperties(device, {
        tensor(label, ...rest) {
          if (allocation++ === failing) {
            failed.push(label);
            throw new DeviceError("no room");
          }
          return device.tensor(label, ...rest);
        },
      });
      const outcome = await solve(poor, problemOf(4, fisher)).then(() => "done", String);
      if (failed.length === 0) {
        assert.equal(outcome, "done");
        break;
      }
      assert.equal(outcome, "DeviceError: no room");
      const left = device.memory.count - count;
      if (left > 0) leaks.push(`${left} at ${failed} (allocation ${failing})`);
      device.memory.count = count;
      device.memory.bytes = bytes;
    }
    assert.deepEqual(leaks, []);
  }
});
