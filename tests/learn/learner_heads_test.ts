/** The heads of a learner: the one it predicts with, and an ensemble of them. */

import assert from "node:assert/strict";
import fc from "fast-check";
import type { Device } from "../../src/device/device.ts";
import { loadHead, saveHead } from "../../src/head/save.ts";
import { trainHead } from "../../src/head/train-head.ts";
import { arrayRows } from "../../src/io/rows.ts";
import { bootstrapSample } from "../../src/learn/learner/bootstrap.ts";
import { ActiveLearner } from "../../src/learn/learner/learner.ts";
import type { LearnerOptions } from "../../src/learn/learner/options.ts";
import { accuracy } from "../../src/learn/metrics/classification.ts";
import { Pool, SCALES } from "../../src/pool/pool.ts";
import type { StrategyName } from "../../src/select/strategy/names.ts";
import { assertClose, deviceTest, Random, sharedDevice } from "../fixture.ts";
import { refuses } from "../io/fixtures.ts";

const [ROWS, COLUMNS, CLASSES] = [70, 5, 3];
const random = new Random(22);
const truth = Array.from({ length: ROWS }, () => random.integer(CLASSES));
const features = Float32Array.from(
  { length: ROWS * COLUMNS },
  (_, e) => 1 + (e % COLUMNS === truth[Math.floor(e / COLUMNS)] ? 2 : 0) + random.uniform(-1, 1),
);
const source = arrayRows("features", features, COLUMNS);
const first = Array.from({ length: 12 }, (_, i) => 3 * i);
const clock = () => new Date("2026-11-21T12:00:00Z");

const poolOf = (device: Device) => Pool.from(device, source, { scale: "standardize" });

/** A learner with twelve labels. */
async function begun(pool: Pool, options: LearnerOptions = {}) {
  const learner = await ActiveLearner.create(pool, { classes: CLASSES, clock, ...options });
  learner.label(first, first.map((index) => truth[index]!));
  return learner;
}

deviceTest("learner: predicts new rows, and its head can be saved", async (device) => {
  for (const scale of SCALES) {
    using pool = await Pool.from(device, source, { scale });
    using learner = await begun(pool);
    const probabilities = await learner.predict({ data: features, columns: COLUMNS });
    assert.equal(probabilities.length, ROWS * CLASSES);
    assert.deepEqual(await learner.predict(pool), probabilities);
    assert.ok(accuracy(probabilities, truth) > (scale === "l2" ? 0.5 : 0.8), scale);
    using loaded = await loadHead(device, await saveHead(await learner.head()));
    assertClose(await loaded.probabilities(source), probabilities, { absolute: 1e-5 });
    using again = await ActiveLearner.create(pool, { classes: CLASSES, strategy: "margin" });
    again.label(first, first.map((index) => truth[index]!));
    assert.deepEqual(await saveHead(await again.head()), await saveHead(await learner.head()));
    // The head follows the labels.
    learner.label(1, truth[1]!);
    assert.notDeepEqual(await learner.predict(source), probabilities);
  }
});

deviceTest("learner: a head of the user's predicts new rows, too", async (device) => {
  using pool = await poolOf(device);
  const trainer = async (pool: Pool, labeled: Parameters<typeof trainHead>[1]) => {
    const head = await trainHead(pool, labeled);
    return {
      name: "mine",
      classes: head.classes,
      predict: head.predict.bind(head),
      [Symbol.dispose]: () => head[Symbol.dispose](),
    };
  };
  using learner = await ActiveLearner.create(pool, { trainer });
  learner.label(first, first.map((index) => truth[index]!));
  using plain = await begun(pool);
  assert.equal((await learner.head()).name, "mine");
  assert.deepEqual(await learner.predict(source), await plain.predict(source));
});

deviceTest("learner: what cannot be predicted is refused in a sentence", async (device) => {
  using pool = await poolOf(device);
  using empty = await ActiveLearner.create(pool);
  await refuses(() => empty.predict(source), "Cannot train a head: nothing is labeled");
  using learner = await begun(pool);
  await refuses(
    () => learner.predict([[1, 2, 3, 4, 5, 6]]),
    "Cannot apply a head for 5 features to samples of 6",
  );
});

/** The picks of one suggestion. */
async function picksOf(
  pool: Pool,
  strategy: StrategyName,
  options: LearnerOptions = {},
): Promise<number[]> {
  using learner = await begun(pool, { strategy, ...options });
  return (await learner.suggest(8)).picks;
}

deviceTest("ensemble: strategies see its members, and the seed decides them", async (device) => {
  using pool = await poolOf(device);
  for (const strategy of ["bald", "margin"] as const) {
    const picks = await picksOf(pool, strategy, { ensemble: 5 });
    assert.deepEqual(await picksOf(pool, strategy, { ensemble: 5 }), picks, "the same seed");
    assert.notDeepEqual(await picksOf(pool, strategy), picks, "dropout, or one head");
    assert.notDeepEqual(await picksOf(pool, strategy, { ensemble: 5, seed: 1 }), picks);
    assert.notDeepEqual(await picksOf(pool, strategy, { ensemble: 2 }), picks);
  }
  // What reads the weights of one head, or nothing of a head, is as it was.
  for (const strategy of ["mase", "drop-query", "coreset"] as const) {
    assert.deepEqual(
      await picksOf(pool, strategy, { ensemble: 5 }),
      await picksOf(pool, strategy),
      strategy,
    );
  }
});

deviceTest(
  "ensemble: bald scores the disagreement of the heads that were trained",
  async (device) => {
    using pool = await poolOf(device);
    const drawn: (readonly number[])[] = [];
    const predicted: Float32Array[] = [];
    using learner = await ActiveLearner.create(pool, {
      ...{ classes: CLASSES, strategy: "bald", ensemble: 3 },
      trainer: async (samples, labeled, options) => {
        const head = await trainHead(samples, labeled, options);
        drawn.push(Array.from(labeled.labels));
        predicted.push(await head.probabilities(pool));
        return head;
      },
    });
    learner.label(first, first.map((index) => truth[index]!));
    const { scores, picks } = await learner.suggest(5);
    const [all, ...members] = predicted;
    assert.deepEqual([all!.length, members.length], [ROWS * CLASSES, 3]);
    for (const labels of drawn) assert.deepEqual(new Set(labels), new Set([0, 1, 2]));
    const entropy = (p: ArrayLike<number>) =>
      -Array.from(p).reduce((sum, value) => sum + (value > 0 ? value * Math.log(value) : 0), 0);
    const expected = picks.map((index) => {
      const rows = members.map((p) => p.subarray(index * CLASSES, (index + 1) * CLASSES));
      const mean = rows[0]!.map((_, k) => rows.reduce((sum, row) => sum + row[k]! / 3, 0));
      return entropy(mean) - rows.reduce((sum, row) => sum + entropy(row) / 3, 0);
    });
    assertClose(scores!, expected, { absolute: 1e-5 });
    assert.ok(scores![0]! > 0.01, `${scores}`);
    // The head of all labels is none of them.
    assert.deepEqual(await learner.predict(pool), all);
  },
);

deviceTest(
  "ensemble: each head has its own seed, and goes when the labels change",
  async (device) => {
    using pool = await poolOf(device);
    const log: string[] = [];
    const { count } = device.memory;
    {
      using learner = await ActiveLearner.create(pool, {
        ...{ classes: CLASSES, strategy: "margin", ensemble: 2, seed: 9, clock },
        trainer: async (pool, labeled, options) => {
          const name = `${labeled.indices.length >= 12 ? "enough" : "few"} seed ${options.seed}`;
          log.push(name);
          const head = await trainHead(pool, labeled, options);
          return {
            classes: head.classes,
            predict: head.predict.bind(head),
            [Symbol.dispose]() {
              log.push(`dispose ${name}`);
              head[Symbol.dispose]();
            },
          };
        },
      });
      learner.label(first, first.map((index) => truth[index]!));
      const { picks } = await learner.suggest(2);
      assert.equal(log.length, 3);
      assert.equal(new Set(log).size, 3, "three seeds");
      assert.equal(log[0], "enough seed 9");
      learner.skip(picks);
      await learner.suggest(2);
      await learner.predict(source);
      assert.equal(log.length, 3, "nothing is trained again for the same labels");
      learner.label(1, truth[1]!);
      await learner.head();
      assert.deepEqual(log.slice(3), [...log.slice(0, 3).map((one) => `dispose ${one}`), log[0]]);
    }
    assert.equal(device.memory.count, count);
  },
);

deviceTest("ensemble: nothing stays behind when a member cannot be trained", async (device) => {
  using pool = await poolOf(device);
  const { count } = device.memory;
  let trained = 0;
  {
    using learner = await begun(pool, {
      ...{ strategy: "margin", ensemble: 4 },
      trainer: async (pool, labeled, options) => {
        if (++trained === 3) throw new Error("no more");
        return await trainHead(pool, labeled, options);
      },
    });
    await assert.rejects(learner.suggest(2), { message: "no more" });
    assert.equal((await learner.suggest(2)).round, 1);
  }
  assert.equal(device.memory.count, count);
});

Deno.test("ensemble: saved with the settings, absent where there is none", async () => {
  const device = await sharedDevice("cpu");
  using pool = await poolOf(device);
  using plain = await begun(pool);
  assert.equal("ensemble" in plain.toJSON().settings, false);
  using learner = await begun(pool, { strategy: "bald", ensemble: 3 });
  const state = JSON.parse(JSON.stringify(learner));
  assert.equal(state.settings.ensemble, 3);
  using again = await ActiveLearner.fromJSON(state, pool, { clock });
  assert.ok(JSON.stringify(again) === JSON.stringify(learner));
  assert.deepEqual((await again.suggest(4)).picks, (await learner.suggest(4)).picks);
  using more = await ActiveLearner.fromJSON(state, pool, { ensemble: 4 });
  assert.equal(more.settings.ensemble, 4);
  for (const ensemble of [1, 0, -2, 2.5, NaN]) {
    await refuses(
      () => begun(pool, { ensemble }),
      `The ensemble must be a whole number of heads, 2 or more: found ${ensemble}`,
    );
  }
  await refuses(
    () =>
      ActiveLearner.fromJSON({ ...state, settings: { ...state.settings, ensemble: "x" } }, pool),
    "Cannot load the saved learner: it is damaged (its ensemble is no whole number)",
  );
});

Deno.test("bootstrap: as many draws as labels, and every class at least once", () => {
  const labelings = fc.array(fc.nat(6), { minLength: 1, maxLength: 40 });
  fc.assert(fc.property(labelings, fc.nat(), (labels, key) => {
    const places = bootstrapSample(labels, key);
    assert.ok(places.every((place) => Number.isInteger(place) && labels[place] !== undefined));
    assert.deepEqual(new Set(places.map((place) => labels[place])), new Set(labels));
    assert.deepEqual(bootstrapSample(labels, key), places);
    // One more for each class that was not drawn: so many there can be besides the class of a draw.
    const added = places.length - labels.length;
    assert.ok(added >= 0 && added < new Set(labels).size);
  }));
  // The share of samples that are drawn at all is 1 - 1/e (Breiman 1996, section 6).
  const labels = new Array(5000).fill(0).map((_, i) => i % 2);
  const share = new Set(bootstrapSample(labels, 77)).size / labels.length;
  assert.ok(Math.abs(share - (1 - Math.exp(-1))) < 0.02, `${share}`);
});
