/** The active learner: suggestions, evaluation, saving as JSON, and the pool it belongs to. */

import assert from "node:assert/strict";
import fc from "fast-check";
import type { Device } from "../../src/device/device.ts";
import { trainHead } from "../../src/head/train-head.ts";
import type { Head } from "../../src/head/head.ts";
import { arrayRows, type NumberArray } from "../../src/io/rows.ts";
import { fingerprintDifference, fingerprintOf } from "../../src/learn/learner/fingerprint.ts";
import type { LabelLog } from "../../src/learn/learner/label-log.ts";
import { ActiveLearner } from "../../src/learn/learner/learner.ts";
import type {
  LearnerHead,
  LearnerOptions,
  SuggestOptions,
} from "../../src/learn/learner/options.ts";
import { Pool, type PoolOptions } from "../../src/pool/pool.ts";
import { bait } from "../../src/select/bait/bait.ts";
import { runStrategy } from "../../src/select/run-strategy.ts";
import { STRATEGIES } from "../../src/select/strategy/names.ts";
import { deviceTest, digits, Random, sharedDevice } from "../fixture.ts";
import { refuses } from "../io/fixtures.ts";

const COLUMNS = 5;
const ROWS = 60;

/** Three overlapping classes. */
const random = new Random(21);
const truth = Array.from({ length: ROWS }, () => random.integer(3));
const features = Float32Array.from(
  { length: ROWS * COLUMNS },
  (_, e) => (e % COLUMNS === truth[Math.floor(e / COLUMNS)] ? 2 : 0) + random.uniform(-1, 1),
);

function poolOf(device: Device, options?: PoolOptions, data: NumberArray = features) {
  return Pool.from(device, arrayRows("features", data, COLUMNS), options);
}

/** A learner with one label of each class and one round more. */
async function begun<H extends LearnerHead = Head>(
  pool: Pool,
  options: LearnerOptions<H> = {},
): Promise<ActiveLearner<H>> {
  const learner = await ActiveLearner.create(pool, { classes: 3, clock, ...options });
  const first = [0, 1, 2].map((label) => truth.indexOf(label));
  learner.label(first, [0, 1, 2]);
  return learner;
}

const clock = () => new Date("2026-11-20T12:00:00Z");
const answer = (learner: LabelLog, picks: readonly number[]) =>
  learner.label(picks, picks.map((index) => truth[index]!));

deviceTest("learner: a loop from nothing to good predictions", async (device) => {
  using pool = await poolOf(device);
  using learner = await ActiveLearner.create(pool, { classes: ["a", "b", "c"], clock });
  for (let round = 1; round <= 4; round++) {
    const { picks, strategy, measures, ...rest } = await learner.suggest(6);
    assert.equal(rest.round, round);
    assert.equal(strategy, round === 1 ? "random" : "bait");
    assert.equal(measures.labels, 6 * (round - 1));
    assert.equal(measures.agreement !== undefined, round > 2);
    assert.equal(measures.uncertainty !== undefined, round > 1);
    assert.equal(measures.objective, rest.bait?.objective);
    assert.equal(answer(learner, picks), 6);
  }
  const { accuracy } = await learner.evaluate(pool, truth);
  assert.ok(accuracy > 0.9, `accuracy ${accuracy}`);
  assert.equal(learner.labels.length, 24);
  assert.deepEqual(
    learner.progress.rounds.map(({ round, metrics }) => [round, metrics?.accuracy]),
    [[1, undefined], [2, undefined], [3, undefined], [4, accuracy]],
  );
  assert.deepEqual(learner.labels.map(({ strategy }) => strategy).toSorted(), [
    ...new Array(18).fill("bait"),
    ...new Array(6).fill("random"),
  ]);
});

deviceTest("learner: no strategy suggests what is labeled or skipped", async (device) => {
  using pool = await poolOf(device);
  for (const strategy of STRATEGIES) {
    using learner = await begun(pool, { strategy, oracle: (index) => truth[index]! });
    const { picks } = await learner.suggest(20);
    learner.skip(picks);
    const second = await learner.suggest(20);
    assert.equal(new Set([...picks, ...second.picks]).size, 40, strategy);
    const third = await learner.suggest(17);
    assert.deepEqual(
      [...picks, ...second.picks, ...third.picks].filter((i) => !learner.candidates.includes(i))
        .toSorted((a, b) => a - b),
      picks.toSorted((a, b) => a - b),
      `${strategy}: only what was skipped is out`,
    );
    await refuses(
      () => learner.suggest(38),
      "Cannot suggest 38 samples: only 37 are neither labeled nor skipped",
    );
  }
});

deviceTest("learner: bait counts skipped samples in F but not in M", async (device) => {
  using pool = await poolOf(device);
  using learner = await begun(pool);
  const plain = await learner.suggest(5);
  const [never] = learner.candidates.filter((index) => !plain.bait!.forward.includes(index));
  learner.skip(never!);
  const { bait } = await learner.suggest(5);
  // A sample that would not have been picked anyway makes no difference.
  assert.deepEqual(bait!.forward, plain.bait!.forward);
  assert.deepEqual(bait!.objective, plain.bait!.objective);
  learner.skip(plain.picks[0]!);
  const other = await learner.suggest(5);
  assert.ok(!other.bait!.forward.includes(plain.picks[0]!));
});

deviceTest(
  "learner: the same labels give the same suggestions, in whatever order they came",
  async (device) => {
    using pool = await poolOf(device);
    for (const strategy of ["bait", "random", "margin"] as const) {
      const picks: number[][] = [];
      for (const reverse of [false, true]) {
        using learner = await ActiveLearner.create(pool, { classes: 3, strategy, seed: 4 });
        const indices = [3, 9, 11, 20, 33, 41];
        if (reverse) indices.reverse();
        for (const index of indices) learner.label(index, truth[index]!);
        picks.push((await learner.suggest(8)).picks);
      }
      assert.deepEqual(picks[0], picks[1], strategy);
    }
  },
);

deviceTest(
  "learner: cold starts run until there are two classes, and only where a head is needed",
  async (device) => {
    using pool = await poolOf(device);
    const oracle = (index: number) => truth[index]!;
    for (const coldStart of ["random", "typiclust", "balanced"] as const) {
      using learner = await ActiveLearner.create(pool, { coldStart, oracle, classes: 3 });
      const first = await learner.suggest(6);
      assert.equal(first.strategy, coldStart);
      assert.equal(new Set(first.picks).size, 6);
      if (coldStart === "balanced") {
        const count = (label: number) => first.picks.filter((i) => truth[i] === label).length;
        assert.deepEqual([count(0), count(1), count(2)], [2, 2, 2]);
      }
      const same = truth.flatMap((label, index) => label === 1 ? [index] : []).slice(0, 3);
      learner.label(same, [1, 1, 1]);
      assert.equal((await learner.suggest(2)).strategy, coldStart);
      const [other] = learner.candidates.filter((index) => truth[index] !== 1);
      learner.label(other!, truth[other!]!);
      assert.equal((await learner.suggest(2)).strategy, "bait");
    }
    using regression = await ActiveLearner.create(pool, {
      strategy: bait({ fisher: "regression" }),
    });
    const chosen = await regression.suggest(3);
    assert.deepEqual([chosen.strategy, chosen.bait?.fisher], ["bait", "regression"]);
  },
);

deviceTest(
  "learner: a trainer of the user's, disposed of when the labels change",
  async (device) => {
    using pool = await poolOf(device);
    const log: string[] = [];
    using learner = await begun(pool, {
      strategy: "margin",
      seed: 7,
      trainer: async (pool, labeled, options) => {
        log.push(`train ${labeled.indices.length} of ${options.classes}, seed ${options.seed}`);
        const head = await trainHead(pool, labeled, { C: 0.1, classes: options.classes });
        return {
          classes: head.classes,
          predict: (device, segment) => head.predict(device, segment),
          [Symbol.dispose]() {
            log.push("dispose");
            head[Symbol.dispose]();
          },
        };
      },
    });
    await learner.suggest(2);
    await learner.evaluate(pool, truth);
    learner.skip(learner.candidates.slice(0, 2));
    const { picks } = await learner.suggest(2);
    answer(learner, picks);
    assert.deepEqual(log, ["train 3 of 3, seed 7"]);
    const head = await learner.head();
    assert.equal(head.classes, 3);
    assert.deepEqual(log, ["train 3 of 3, seed 7", "dispose", "train 5 of 3, seed 7"]);
  },
);

deviceTest("learner: what is labeled while a batch is chosen is not in it", async (device) => {
  using pool = await poolOf(device);
  using plain = await begun(pool, { strategy: "margin" });
  const { picks, scores } = await plain.suggest(4);
  using learner = await begun(pool, {
    strategy: "margin",
    trainer: async (pool, labeled, { classes }) => {
      const head = await trainHead(pool, labeled, { classes });
      learner.label(picks[1]!, truth[picks[1]!]!);
      learner.skip(picks[2]!);
      return head;
    },
  });
  const kept = await learner.suggest(4);
  assert.deepEqual(kept.picks, [picks[0], picks[3]]);
  assert.deepEqual(kept.scores, [scores![0], scores![3]]);
  assert.deepEqual(learner.history.at(-1), {
    kind: "suggested",
    round: 1,
    strategy: "margin",
    time: clock().toISOString(),
    indices: kept.picks,
    measures: kept.measures,
  });
});

deviceTest(
  "learner: nothing is left behind when work fails, is stopped, or is disposed of meanwhile",
  async (device) => {
    using pool = await poolOf(device);
    const { count } = device.memory;
    {
      using learner = await begun(pool);
      await assert.rejects(learner.suggest(4, { signal: AbortSignal.abort(new Error("stop")) }), {
        message: "stop",
      });
      assert.equal(learner.round, 0);
      await refuses(
        () => learner.suggest(4, { strategy: "bait(oversample=0)" }),
        "Option oversample of bait must be a number, 1 or more: found 0",
      );
      assert.equal((await learner.suggest(4)).round, 1);
    }
    assert.equal(device.memory.count, count);
    const learner = await begun(pool);
    const pending = learner.suggest(4);
    learner[Symbol.dispose]();
    await refuses(() => pending, "Cannot use the learner: it has been disposed");
    await refuses(() => learner.head(), "Cannot use the learner: it has been disposed");
    assert.equal(device.memory.count, count);
  },
);

deviceTest("learner: evaluates on raw features with the pool's scaling", async (device) => {
  using pool = await poolOf(device, { scale: "standardize" });
  using learner = await begun(pool);
  const scaled = await learner.evaluate(pool, truth);
  const raw = await learner.evaluate({ data: features, columns: COLUMNS }, truth);
  for (const name of ["accuracy", "negativeLogLikelihood", "brierScore"] as const) {
    assert.ok(Math.abs(scaled[name] - raw[name]) < 1e-4, `${name}: ${scaled[name]}, ${raw[name]}`);
  }
  using unit = await poolOf(device, { scale: "l2" });
  using other = await begun(unit);
  const same = await other.evaluate(unit, truth);
  const rawUnit = await other.evaluate({ data: features, columns: COLUMNS }, truth);
  assert.ok(Math.abs(same.brierScore - rawUnit.brierScore) < 1e-4);
});

deviceTest("learner: evaluation refuses what does not fit", async (device) => {
  using pool = await poolOf(device);
  using empty = await ActiveLearner.create(pool);
  await refuses(() => empty.evaluate(pool, truth), "Cannot train a head: nothing is labeled");
  using learner = await begun(pool);
  await refuses(
    () => learner.evaluate(pool, [0]),
    "Cannot evaluate on 60 samples with 1 labels: each needs one",
  );
  await refuses(
    () => learner.evaluate([[1, 2]], [0]),
    "Cannot apply a head for 5 features to samples of 2",
  );
  await refuses(
    () => learner.evaluate([[1, 2, 3, 4, 5]], [3]),
    "Cannot measure label 3 at position 0: labels are 0 to 2",
  );
  assert.ok(learner.history.every(({ kind }) => kind !== "evaluated"));
});

deviceTest("learner: JSON and back is the same learner, which goes on alike", async (device) => {
  using pool = await poolOf(device);
  using learner = await begun(pool, { strategy: "margin", seed: 3, watch: 40 });
  answer(learner, (await learner.suggest(4, { note: "first" })).picks);
  learner.skip(learner.candidates[0]!);
  learner.unlabel(learner.labels[0]!.index, { note: "a slip" });
  learner.undo();
  await learner.evaluate(pool, truth);
  const text = JSON.stringify(learner);
  using again = await ActiveLearner.fromJSON(JSON.parse(text), pool, { clock });
  assert.ok(JSON.stringify(again) === text);
  assert.deepEqual(again.progress, learner.progress);
  assert.equal(again.progress.candidates, again.candidates.length);
  assert.deepEqual(again.labels, learner.labels);
  const [a, b] = [await learner.suggest(5), await again.suggest(5)];
  assert.deepEqual(a, b);
  assert.ok(a.measures.agreement !== undefined);
  assert.deepEqual(again.undo(), learner.undo());
  assert.ok(JSON.stringify(again) === JSON.stringify(learner));
});

deviceTest(
  "learner: settings may change when it is loaded, except for the classes",
  async (device) => {
    using pool = await poolOf(device);
    using learner = await begun(pool);
    const state = learner.toJSON();
    using other = await ActiveLearner.fromJSON(state, pool, { strategy: "entropy", seed: 8 });
    assert.equal((await other.suggest(1)).strategy, "entropy");
    assert.deepEqual(other.settings, { ...learner.settings, strategy: "entropy", seed: 8 });
    using named = await ActiveLearner.fromJSON(state, pool, { classes: ["x", "y", "z"] });
    assert.deepEqual(named.settings.classes, ["x", "y", "z"]);
    await refuses(
      () => ActiveLearner.fromJSON(state, pool, { classes: 4 }),
      "Cannot use 4 classes: the saved learner has 3",
    );
  },
);

deviceTest("learner: a saved learner is of one pool", async (device) => {
  using pool = await poolOf(device);
  using learner = await begun(pool);
  const state = JSON.parse(JSON.stringify(learner));
  const changed = (change: (data: Float32Array) => void) => {
    const data = features.slice();
    change(data);
    return data;
  };
  const load = async (data: NumberArray, options?: PoolOptions) => {
    using other = await poolOf(device, options, data);
    using again = await ActiveLearner.fromJSON(state, other);
    return again.labels.length;
  };
  const refused = "Cannot load the saved learner: it is of another pool: ";
  const differs = (where: string) =>
    `${refused}its features, or how they were scaled, differ in ${where}`;
  assert.equal(await load(features), 3);
  await refuses(() => load(features.subarray(COLUMNS)), `${refused}it has 60 samples, this one 59`);
  await refuses(
    () => load(changed((data) => data[17 * COLUMNS + 2]! += 0.01)),
    differs("sample 17"),
  );
  await refuses(
    () => load(changed((data) => data.copyWithin(0, COLUMNS, 2 * COLUMNS))),
    differs("sample 0"),
  );
  await refuses(() => load(features, { scale: "standardize" }), differs("sample 0"));
  using narrow = await Pool.from(device, arrayRows("features", features, 4));
  await refuses(
    () => ActiveLearner.fromJSON(state, narrow),
    `${refused}it has 60 samples, this one 75`,
  );
});

Deno.test("fingerprint: one on all devices and in half floats; swapped rows and columns are noticed", async () => {
  const { features, columns } = await digits();
  const source = arrayRows("digits", features.subarray(0, 500 * columns), columns);
  const of = async (device: Device, options: PoolOptions, rows = source) => {
    using pool = await Pool.from(device, rows, options);
    return await fingerprintOf(pool);
  };
  const cpu = await sharedDevice("cpu");
  const devices = navigator.gpu && await navigator.gpu.requestAdapter()
    ? [cpu, await sharedDevice("webgpu")]
    : [cpu];
  for (const scale of ["none", "standardize", "l2"] as const) {
    const exact = await of(cpu, { scale });
    for (const device of devices) {
      for (const storage of ["f32", "f16"] as const) {
        const other = await of(device, { scale, storage });
        assert.equal(fingerprintDifference(exact, other), undefined, `${device.kind} ${storage}`);
        assert.equal(fingerprintDifference(other, exact), undefined);
      }
    }
  }
  const exact = await of(cpu, {});
  const swapped = features.slice(0, 500 * columns);
  swapped.copyWithin(8 * columns, 0, columns);
  swapped.set(features.subarray(8 * columns, 9 * columns), 0);
  const rows = await of(cpu, { storage: "f16" }, arrayRows("digits", swapped, columns));
  assert.match(fingerprintDifference(exact, rows)!, /differ in one of samples 0 to 7$/);
  const mirrored = features.slice(0, 500 * columns);
  for (let at = 0; at < mirrored.length; at += columns) {
    [mirrored[at + 10], mirrored[at + 11]] = [mirrored[at + 11]!, mirrored[at + 10]!];
  }
  const turned = await of(cpu, {}, arrayRows("digits", mirrored, columns));
  assert.ok(fingerprintDifference(exact, turned));
});

Deno.test("learner: whatever a state is damaged to is refused in a sentence, or is a state", async () => {
  const device = await sharedDevice("cpu");
  using pool = await poolOf(device);
  using learner = await begun(pool);
  answer(learner, (await learner.suggest(2)).picks);
  await learner.evaluate(pool, truth);
  const text = JSON.stringify(learner);
  const anything = fc.oneof(
    fc.anything(),
    fc.nat(100),
    fc.constantFrom("labeled", "margin", null),
  );
  await fc.assert(
    fc.asyncProperty(fc.nat(), anything, async (place, value) => {
      const state = JSON.parse(text);
      const places: [Record<string, unknown>, string][] = [];
      const walk = (node: unknown): void => {
        if (typeof node !== "object" || node === null) return;
        for (const key of Object.keys(node)) {
          places.push([node as Record<string, unknown>, key]);
          walk((node as Record<string, unknown>)[key]);
        }
      };
      walk(state);
      const [node, key] = places[place % places.length]!;
      node[key] = value;
      try {
        using again = await ActiveLearner.fromJSON(state, pool);
        assert.ok(again.labels.length <= ROWS);
      } catch (error) {
        assert.equal((error as Error).name, "InputError", `${key}: ${(error as Error).stack}`);
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("learner: a state that is none, or of a newer version, is named", async () => {
  const device = await sharedDevice("cpu");
  using pool = await poolOf(device);
  using learner = await begun(pool);
  const state = learner.toJSON();
  for (const other of [undefined, null, 5, "x", [], {}, { format: "x" }]) {
    await refuses(
      () => ActiveLearner.fromJSON(other, pool),
      "Cannot load the saved learner: it is no saved learner of Creel",
    );
  }
  await refuses(
    () => ActiveLearner.fromJSON({ ...state, version: 3 }, pool),
    "Cannot load the saved learner: it has version 3 of the format and was written by a newer Creel; " +
      "this one reads up to version 2",
  );
  const events = [...state.events, { ...state.events[0]!, labels: [1, 1, 1] }];
  await refuses(
    () => ActiveLearner.fromJSON({ ...state, events }, pool),
    "Cannot load the saved learner: it is damaged (event 1: Cannot label sample " +
      `${truth.indexOf(0)}: it is labeled 0 already, and 1 contradicts that)`,
  );
});

Deno.test("learner: options out of range are refused", async () => {
  const device = await sharedDevice("cpu");
  using pool = await poolOf(device);
  const cases: [LearnerOptions, string][] = [
    [
      { strategy: "best" as "bait" },
      `Unknown strategy best: use ${STRATEGIES.join(", ")}`,
    ],
    [
      { coldStart: "warm" as "random" },
      "Unknown cold start warm: use random, typiclust, balanced",
    ],
    [{ seed: 0.5 }, "The seed must be a whole number: found 0.5"],
    [{ watch: -1 }, "The samples to watch must be a whole number, 0 or more: found -1"],
    [{ classes: 0 }, "The classes must be 1 or more: found 0"],
    [{ classes: [] }, "The classes must be 1 or more: found 0"],
    [{ classes: ["a", "b", "a"] }, "Class a is named twice"],
  ];
  for (const [options, message] of cases) {
    await refuses(() => ActiveLearner.create(pool, options), message);
  }
  using learner = await begun(pool);
  for (const budget of [0, -1, 1.5, NaN]) {
    await refuses(
      () => learner.suggest(budget),
      `The budget must be a whole number of samples, 1 or more: found ${budget}`,
    );
  }
  await refuses(
    () => learner.suggest(1, { strategy: "best" as "bait" }),
    `Unknown strategy best: use ${STRATEGIES.join(", ")}`,
  );
});

deviceTest(
  "strategies: excluded samples are checked, and labeled ones among them count once",
  async (device) => {
    using pool = await poolOf(device);
    const run = (excluded: number[], budget = 4) =>
      runStrategy(pool, "random", { budget, labeled: [1, 2], excluded });
    assert.deepEqual(await run([1, 2]), await run([]));
    const { picks } = await run([0, 0, 5], 56);
    assert.ok(![0, 1, 2, 5].some((index) => picks.includes(index)));
    await refuses(
      () => run([60]),
      "Excluded index 60 is out of range: the pool has 60 samples, 0 to 59",
    );
    await refuses(
      () => run([0], 58),
      "Cannot select 58 samples: only 57 are unlabeled and not excluded",
    );
  },
);

deviceTest(
  "learner: options that it does not have are refused, those of strategies with a hint",
  async (device) => {
    using pool = await poolOf(device);
    const hint = "(the options of a strategy belong in the strategy, as in " +
      'bait({ fisher: "exp" }))';
    const settings = { strategy: "bait", strategyOptions: { fisher: "exp" } } as LearnerOptions;
    await refuses(
      () => ActiveLearner.create(pool, settings),
      "Unknown option strategyOptions of ActiveLearner: it has strategy, coldStart, oracle, " +
        `classes, trainer, ensemble, seed, watch, clock ${hint}`,
    );
    using learner = await begun(pool);
    const state = learner.toJSON();
    await assert.rejects(() => ActiveLearner.fromJSON(state, pool, settings), /strategyOptions/);
    await refuses(
      () => learner.suggest(2, { lambda: 1 } as SuggestOptions),
      `Unknown option lambda of suggest: it has strategy, note, signal, onProgress, ` +
        `sliceMilliseconds ${hint}`,
    );
    const line = arrayRows("line", [Array.from({ length: pool.columns }, () => 0)]);
    const wrong = { seed: 1 } as object;
    const recording = "signal, onProgress, sliceMilliseconds";
    for (
      const [name, call, has] of [
        ["evaluate", () => learner.evaluate(line, [0], wrong), `note, ${recording}`],
        ["predict", () => learner.predict(line, wrong), recording],
        ["head", () => learner.head(wrong), recording],
        // deno-lint-ignore require-await
        ["label", async () => learner.label([5], [1], wrong), "note, relabel"],
        // deno-lint-ignore require-await
        ["skip", async () => learner.skip([5], wrong), "note"],
      ] as const
    ) {
      await refuses(call, `Unknown option seed of ${name}: it has ${has}`);
    }
    assert.equal((await learner.suggest(2)).picks.length, 2);
  },
);
