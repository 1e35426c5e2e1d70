import assert from "node:assert/strict";
import { openDevice } from "../../../src/device/open.ts";
import { FISHERS } from "../../../src/select/strategy/bait-report.ts";
import { select } from "../../../src/learn/select.ts";
import { bait as baitStrategy } from "../../../src/select/bait/bait.ts";
import { assertClose, deviceTest, Random } from "../../fixture.ts";
import { rowsOf } from "../problems.ts";

const ROWS = 23;
const random = new Random(3);
const features = rowsOf(random.normals(ROWS * 5), 5);
const logits = rowsOf(random.normals(ROWS * 3), 3);
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Asserts that a batch is one: so many different unlabeled samples. */
function isBatch(picks: readonly number[], budget: number, labeled: readonly number[] = []): void {
  assert.equal(picks.length, budget);
  assert.equal(new Set([...picks, ...labeled]).size, budget + labeled.length);
  assert.ok(picks.every((index) => Number.isInteger(index) && index >= 0));
}

/** Asserts that every number of a report is one. */
function isFinite(report: NonNullable<Awaited<ReturnType<typeof select>>["bait"]>): void {
  const { forwardScores, objective, lambda, drift } = report;
  for (const value of [...forwardScores, objective, lambda, drift]) {
    assert.ok(Number.isFinite(value), `${value} in the report`);
  }
}

deviceTest("edges: nothing is labeled yet, for every form", async (device) => {
  for (const fisher of FISHERS) {
    const strategy = baitStrategy({ fisher });
    const { picks, bait } = await select({ device, features, logits, strategy, budget: 4 });
    isBatch(picks, 4);
    isFinite(bait!);
    assert.equal(bait!.forward.length, 8);
    assert.ok(bait!.forwardScores.every((score) => score > 0));
  }
});

deviceTest("edges: the budget may be the whole pool, or more than half of it", async (device) => {
  const labeled = [2, 20];
  for (const budget of [ROWS - 2, ROWS - 3, 12]) {
    for (const fisher of ["regression", "exp"] as const) {
      const strategy = baitStrategy({ fisher });
      const { picks, bait } = await select({ device, features, logits, labeled, strategy, budget });
      isBatch(picks, budget, labeled);
      isFinite(bait!);
      assert.equal(bait!.forward.length, Math.min(2 * budget, ROWS - 2));
    }
  }
});

deviceTest("edges: with oversample 1 the batch is the forward pass", async (device) => {
  const input = { device, features, logits };
  const once = baitStrategy({ oversample: 1 });
  const { picks, bait } = await select({ ...input, strategy: once, budget: 6 });
  assert.deepEqual(picks, bait!.forward);
  const more = baitStrategy({ oversample: 1.5 });
  const { bait: half } = await select({ ...input, strategy: more, budget: 5 });
  assert.equal(half!.forward.length, 8);
});

deviceTest(
  "edges: zero rows are worth nothing, and are left until nothing else is",
  async (device) => {
    const some = features.map((row, i) => i % 3 === 0 ? row.map(() => 0) : row);
    for (const fisher of FISHERS) {
      const { bait } = await select({
        device,
        features: some,
        logits,
        strategy: baitStrategy({ fisher, oversample: 1 }),
        budget: ROWS,
      });
      const zeros = upTo(ROWS).filter((i) => i % 3 === 0);
      assert.deepEqual(bait!.forward.slice(-zeros.length), zeros, "in order of the index");
      assert.ok(bait!.forwardScores.slice(0, -zeros.length).every((score) => score > 0));
      assert.deepEqual(bait!.forwardScores.slice(-zeros.length), zeros.map(() => 0));
    }
  },
);

deviceTest("edges: when no sample is worth anything, the indices decide", async (device) => {
  const none = features.map((row) => row.map(() => 0));
  for (const fisher of FISHERS) {
    const strategy = baitStrategy({ fisher });
    const { picks, bait } = await select({ device, features: none, logits, strategy, budget: 3 });
    assert.deepEqual(bait!.forward, [0, 1, 2, 3, 4, 5]);
    // The backward pass drops the lowest of equals, too.
    assert.deepEqual(picks, [3, 4, 5]);
    assert.deepEqual([bait!.lambda, bait!.objective], [1, 0], "lambda auto where F is 0");
  }
});

deviceTest(
  "edges: a single class leaves nothing to learn, and two classes work",
  async (device) => {
    for (const fisher of ["full", "exp", "binary"] as const) {
      const strategy = baitStrategy({ fisher });
      const one = logits.map(([first]) => [first!]);
      const { picks, bait } = await select({ device, features, logits: one, strategy, budget: 2 });
      assert.deepEqual([bait!.forward, picks], [[0, 1, 2, 3], [2, 3]], fisher);
      isFinite(bait!);
      const two = logits.map(([a, b]) => [a!, b!]);
      const result = await select({ device, features, logits: two, strategy, budget: 2 });
      isBatch(result.picks, 2);
      isFinite(result.bait!);
    }
  },
);

deviceTest("edges: probabilities of exactly 0 and 1 are worth nothing, not NaN", async (device) => {
  const sure = logits.map((_, i) => i % 2 === 0 ? [200, -200, -200] : [0, 0.1, 0.2]);
  for (const fisher of ["full", "exp", "binary"] as const) {
    const strategy = baitStrategy({ fisher });
    const { bait } = await select({ device, features, logits: sure, strategy, budget: 11 });
    isFinite(bait!);
    assert.ok(bait!.forward.slice(0, 11).every((index) => index % 2 === 1), fisher);
  }
});

deviceTest("edges: one sample, one feature, one of both", async (device) => {
  const column = features.map(([first]) => [first!]);
  for (const fisher of FISHERS) {
    const strategy = baitStrategy({ fisher });
    const single = { device, features: [features[0]!], logits: [logits[0]!], strategy };
    assert.deepEqual((await select({ ...single, budget: 1 })).picks, [0]);
    const { picks, bait } = await select({ device, features: column, logits, strategy, budget: 3 });
    isBatch(picks, 3);
    isFinite(bait!);
    const smallest = { device, features: [[2]], logits: [[0, 1]], strategy };
    assert.deepEqual((await select({ ...smallest, budget: 1 })).picks, [0]);
  }
});

deviceTest("edges: rows that are all the same are picked in order", async (device) => {
  const same = features.map(() => features[0]!);
  const { bait } = await select({
    device,
    features: same,
    logits: logits.map(() => logits[0]!),
    strategy: baitStrategy({ fisher: "exp", oversample: 1 }),
    budget: 5,
  });
  assert.deepEqual(bait!.forward, [0, 1, 2, 3, 4]);
  const scores = bait!.forwardScores;
  assert.ok(scores.every((score, i) => i === 0 || score < scores[i - 1]!), "each is worth less");
});

deviceTest("edges: more top classes than there are classes are all classes", async (device) => {
  const input = { device, features, logits, budget: 3 };
  const exp = (topClasses: number) =>
    select({ ...input, strategy: baitStrategy({ fisher: "exp", topClasses }) });
  const all = await exp(3);
  const more = await exp(100);
  assert.deepEqual(more.picks, all.picks);
  assert.deepEqual(more.bait!.forwardScores, all.bait!.forwardScores);
  const full = await select({ ...input, strategy: baitStrategy({ fisher: "full" }) });
  assert.deepEqual(more.picks, full.picks);
  assertClose([more.bait!.objective], [full.bait!.objective]);
});

deviceTest(
  "edges: a ridge beyond the floats of the device is refused, with what is within",
  async (device) => {
    const { kind } = device;
    const attempt = (lambda: number, fisher: "binary" | "full") => {
      const strategy = baitStrategy({ lambda, fisher });
      return select({ device, features, logits, labeled: [1], budget: 5, strategy });
    };
    const least = { cpu: 1e-8, webgpu: 2.4e-4 }[kind];
    for (
      const [lambda, fisher, from] of [[1e-20, "binary", 1e-12], [1e-10, "full", least]] as const
    ) {
      const { count } = device.memory;
      const error = await attempt(lambda, fisher).catch((error) => error);
      assert.equal(device.memory.count, count);
      assert.equal(error.name, "InputError");
      const said = new RegExp(
        `^Cannot run BAIT with lambda ${lambda}: the mean of the diagonal of F is (\\S+), and on ` +
          `device ${kind} lambda may be from (\\S+) to (\\S+), or auto$`,
      ).exec(error.message);
      assert.ok(said, error.message);
      const [mean, low, high] = said.slice(1).map(Number) as [number, number, number];
      assertClose([low, high], [from * mean, 1e12 * mean], { relative: 0.1 });
      // What it names is what works, except that smaller ones may drift.
      const { picks, bait } = await attempt(0.3 * mean, fisher);
      assert.equal(new Set(picks).size, 5);
      assert.equal(bait!.lambda, 0.3 * mean);
      await assert.rejects(attempt(2 * high, fisher), { name: "InputError" });
    }
  },
);

Deno.test("edges: a form that does not fit is refused with the sizes of those that do", async () => {
  const wide = { data: new Random(1).normals(30 * 64), columns: 64 };
  const classes = { data: new Random(2).normals(30 * 10), columns: 10 };
  using device = await openDevice({ device: "cpu", memoryBudget: 5e6 });
  const run = (fisher: "full" | "exp" | "binary") =>
    select({
      device,
      features: wide,
      logits: classes,
      strategy: baitStrategy({ fisher }),
      budget: 2,
    });
  await assert.rejects(run("full"), {
    name: "DeviceError",
    message: "Cannot run fisher full with D = 640: it needs 19.7 MB besides the pool, of which " +
      "19.7 MB for 6 matrices of 640 x 640, but 5.0 MB of the memory budget are left; " +
      "exp needs 19.7 MB (D = 640), binary needs 198 kB (D = 64)",
  });
  await assert.rejects(run("exp"), {
    name: "DeviceError",
    message: /^Cannot run fisher exp with D = 640: .*; binary needs 198 kB \(D = 64\)$/,
  });
  assert.equal(device.memory.count, 0);
  isBatch((await run("binary")).picks, 2);
  assert.equal(device.memory.count, 0);
});
