import assert from "node:assert/strict";
import { select } from "../../../src/learn/select.ts";
import { deviceTest, Random, sharedDevice, withLimits } from "../../fixture.ts";

const STRATEGIES = ["least-confidence", "margin", "entropy"] as const;

deviceTest("strategies: ties go to the lowest index, and the best comes first", async (device) => {
  const logits = [[0, 5], [0, 0], [3, 3], [0, 1], [-7, -7], [0, 1]];
  const features = logits.map(() => [1]);
  for (const strategy of STRATEGIES) {
    const { picks, scores } = await select({ device, features, logits, strategy, budget: 5 });
    assert.deepEqual(picks, [1, 2, 4, 3, 5], strategy);
    assert.deepEqual(scores, scores!.toSorted((a, b) => b - a));
    const labeled = [1, 3];
    const rest = await select({ device, features, logits, labeled, strategy, budget: 3 });
    assert.deepEqual(rest.picks, [2, 4, 5], strategy);
  }
});

deviceTest("strategies: a pool in several segments is scored as one", async (device) => {
  const [rows, classes] = [700, 6];
  const random = new Random(9);
  const features = { data: random.normals(rows * 8), columns: 8 };
  const logits = { data: random.normals(rows * classes), columns: classes };
  const small = withLimits(device, { bindingBytes: 256 * 8 * 4 });
  for (const strategy of STRATEGIES) {
    const input = { features, logits, strategy, budget: 40 };
    const whole = await select({ ...input, device });
    assert.deepEqual((await select({ ...input, device: small })).picks, whole.picks);
  }
});

Deno.test("strategies: random is uniform over the unlabeled, and its seed decides", async () => {
  const device = await sharedDevice("cpu");
  const features = Array.from({ length: 40 }, (_, i) => [i]);
  const labeled = [0, 7, 39];
  const draw = async (seed: number, budget = 10) =>
    (await select({ device, features, labeled, strategy: "random", budget, seed })).picks;
  assert.deepEqual(await draw(4), await draw(4));
  assert.notDeepEqual(await draw(4), await draw(5));
  assert.deepEqual((await draw(6)).slice(0, 5), await draw(6, 5), "a larger budget goes on");
  const seen = new Map<number, number>();
  for (let seed = 0; seed < 400; seed++) {
    const picks = await draw(seed);
    assert.equal(new Set([...picks, ...labeled]).size, 13);
    for (const index of picks) seen.set(index, (seen.get(index) ?? 0) + 1);
  }
  // 400 draws of 10 in 37: each sample 108 times, give or take four deviations of 8.9.
  assert.equal(seen.size, 37);
  for (const [index, times] of seen) assert.ok(Math.abs(times - 108) < 36, `${index}: ${times}`);
  const unlabeled = features.map(([index]) => index!).filter((index) => !labeled.includes(index));
  assert.deepEqual((await draw(1, 37)).toSorted((a, b) => a - b), unlabeled);
});

deviceTest("strategies: what is random apart, a seed changes nothing", async (device) => {
  const random = new Random(1);
  const features = { data: random.normals(60 * 5), columns: 5 };
  const logits = { data: random.normals(60 * 3), columns: 3 };
  for (const strategy of ["bait", ...STRATEGIES] as const) {
    const run = async (seed: number) =>
      (await select({ device, features, logits, strategy, budget: 7, seed })).picks;
    assert.deepEqual(await run(0), await run(1));
  }
});

deviceTest(
  "typiclust: without labels or with them, seeded, spread over the clusters",
  async (device) => {
    // Four far clusters of ten samples.
    const random = new Random(5);
    const features = Array.from(
      { length: 40 },
      (_, i) =>
        [20 * (i % 2), 20 * Math.floor((i % 4) / 2)].map((at) => at + random.normals(1)[0]!),
    );
    const choose = (labeled: number[], seed = 0) =>
      select({
        features,
        labeled,
        budget: 4 - labeled.length,
        strategy: "typiclust",
        seed,
        device,
      });
    const { picks } = await choose([]);
    assert.deepEqual(new Set(picks.map((pick) => pick % 4)), new Set([0, 1, 2, 3]));
    assert.deepEqual((await choose([])).picks, picks);
    const rest = await choose([4, 9]);
    assert.deepEqual(new Set(rest.picks.map((pick) => pick % 4)), new Set([2, 3]));
  },
);
