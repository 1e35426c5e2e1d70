import assert from "node:assert/strict";
import { openDevice } from "../../src/device/open.ts";
import { InputError } from "../../src/errors.ts";
import { bait } from "../../src/select/bait/bait.ts";
import { STRATEGIES } from "../../src/select/strategy/names.ts";
import { select, type SelectOptions } from "../../src/learn/select.ts";
import { arrayRows } from "../../src/io/rows.ts";
import { assertClose, deviceTest, Random, sharedDevice } from "../fixture.ts";
import { rowsOf } from "../select/problems.ts";

const [ROWS, COLUMNS, CLASSES] = [31, 5, 3];
const random = new Random(21);
const values = random.normals(ROWS * COLUMNS);
const features = { data: values, columns: COLUMNS };
const logits = { data: random.normals(ROWS * CLASSES), columns: CLASSES };
const labeled = [4, 0, 30, 17, 9, 22];
const labels = [0, 1, 2, 0, 1, 2];
/** One label for each sample, -1 where it is unknown. */
const column = Int32Array.from({ length: ROWS }, (_, i) => labels[labeled.indexOf(i)] ?? -1);

deviceTest("select: features in any form give the same batch", async (device) => {
  const { picks } = await select({ device, features, logits, labeled, budget: 4 });
  const forms = [
    { data: Float64Array.from(values), columns: COLUMNS },
    rowsOf(values, COLUMNS),
    arrayRows("features", values, COLUMNS),
  ];
  for (const form of forms) {
    assert.deepEqual(
      (await select({ device, features: form, logits, labeled, budget: 4 })).picks,
      picks,
    );
  }
  const whole = Int16Array.from(values, (value) => Math.round(100 * value));
  const integers = await select({ device, features: { data: whole, columns: COLUMNS }, budget: 4 });
  const same = await select({ device, features: rowsOf(whole, COLUMNS), budget: 4 });
  assert.deepEqual(integers.picks, same.picks);
});

deviceTest("select: probabilities are what the softmax of logits is", async (device) => {
  const probs = rowsOf(logits.data, CLASSES).map((row) => {
    const sum = row.map(Math.exp).reduce((a, b) => a + b);
    return row.map((value) => Math.exp(value) / sum);
  });
  for (const strategy of ["bait", "margin"] as const) {
    const { picks } = await select({ device, features, logits, labeled, budget: 4, strategy });
    const other = await select({ device, features, probs, labeled, budget: 4, strategy });
    assert.deepEqual(other.picks, picks);
  }
});

deviceTest("select: both ways to give labels train the same head", async (device) => {
  const ways: Partial<SelectOptions>[] = [
    { labeled, labels },
    { labeled: Int32Array.from(labeled), labels: Uint8Array.from(labels) },
    { labeled, labels: column },
    // What is not in `labeled` is ignored, known or not.
    { labeled, labels: column.map((label) => label < 0 ? 99 : label) },
  ];
  const results = [];
  for (const way of ways) results.push(await select({ device, features, budget: 4, ...way }));
  for (const { picks, head, scale, strategy, bait } of results) {
    assert.deepEqual([strategy, scale, bait?.fisher], ["bait", "standardize", "binary"]);
    assert.deepEqual([picks, head], [results[0]!.picks, results[0]!.head]);
  }
  assert.equal(results[0]!.head!.samples, 6);
  assert.ok(results[0]!.head!.iterations > 0);

  // Without `labeled`, every sample with a class is labeled; their order is another.
  const found = await select({ device, features, budget: 4, labels: column });
  assert.deepEqual(found.picks, results[0]!.picks);
  assert.equal(found.head!.samples, 6);
  assertClose([found.head!.loss], [results[0]!.head!.loss], { relative: 1e-3 });
  assert.ok(labeled.every((index) => !found.bait!.forward.includes(index)));
});

deviceTest("select: without classes BAIT looks at the features alone", async (device) => {
  for (const known of [{}, { labeled }, { labels: column.map(() => -1) }]) {
    const { bait, head, scale } = await select({ device, features, budget: 3, ...known });
    assert.deepEqual([bait?.fisher, head, scale], ["regression", undefined, "none"]);
  }
});

deviceTest("select: a head is trained only where its probabilities are read", async (device) => {
  const known = { device, features, labeled, labels, budget: 3 };
  for (const strategy of ["random", "margin", "entropy", "least-confidence"] as const) {
    const { head } = await select({ ...known, strategy });
    assert.equal(head !== undefined, strategy !== "random", strategy);
  }
  assert.equal(
    (await select({ ...known, strategy: bait({ fisher: "regression" }) })).head,
    undefined,
  );
  assert.equal((await select({ ...known, logits })).head, undefined);
});

deviceTest("select: the scale is the given one, and changes the features", async (device) => {
  const shifted = {
    data: values.map((value, e) => value * (1 + e % COLUMNS) + 7),
    columns: COLUMNS,
  };
  const ridge = bait({ lambda: 20 });
  const run = (scale: SelectOptions["scale"]) =>
    select({ device, features: shifted, budget: 5, strategy: ridge, scale });
  assert.equal((await run(undefined)).scale, "none");
  const standardized = await run("standardize");
  assert.equal(standardized.scale, "standardize");
  const mean = (f: number) =>
    rowsOf(shifted.data, COLUMNS).reduce((sum, row) => sum + row[f]!, 0) / ROWS;
  const means = Array.from({ length: COLUMNS }, (_, f) => mean(f));
  const deviations = means.map((m, f) =>
    Math.sqrt(
      rowsOf(shifted.data, COLUMNS).reduce((sum, row) => sum + (row[f]! - m) ** 2, 0) / ROWS,
    )
  );
  const byHand = rowsOf(shifted.data, COLUMNS)
    .map((row) => row.map((value, f) => (value - means[f]!) / deviations[f]!));
  const expected = await select({ device, features: byHand, budget: 5, strategy: ridge });
  assert.deepEqual(standardized.picks, expected.picks);
  const l2 = await run("l2");
  const unit = rowsOf(shifted.data, COLUMNS).map((row) =>
    row.map((value) => value / Math.hypot(...row))
  );
  assert.deepEqual(
    l2.picks,
    (await select({ device, features: unit, budget: 5, strategy: ridge })).picks,
  );
});

deviceTest(
  "select: says which device it used and how much memory, and gives it back",
  async (device) => {
    const { count } = device.memory;
    const { device: used, peakBytes } = await select({ device, features, budget: 2 });
    assert.deepEqual(used, { kind: device.kind, name: device.name });
    assert.ok(peakBytes >= 4 * 8 * ROWS);
    assert.equal(device.memory.count, count);
  },
);

Deno.test("select: without a device one is opened for the call", async () => {
  const { picks, device } = await select({ features, strategy: "random", budget: 3 });
  assert.equal(picks.length, 3);
  using opened = await openDevice();
  assert.deepEqual(device, { kind: opened.kind, name: opened.name });
});

/** Calls that are wrong, and the sentence that says why. */
const wrong: [options: Partial<SelectOptions>, sentence: string][] = [
  [
    { features: { data: new Float32Array(10), columns: 4 } },
    "Cannot use features: 10 values are not whole rows of 4 columns",
  ],
  [
    { features: { data: new Float32Array(10), columns: 0 } },
    "Cannot use features: 0 columns, and at least 1 is needed",
  ],
  [{ features: [] }, "Cannot use features: it has no rows"],
  [{ features: [[], []] }, "Cannot use features: it has no columns"],
  [
    { features: [[1, 2], [3]], logits: undefined },
    "Cannot use features: row 1 has 1 columns, row 0 has 2",
  ],
  [
    { features: [[1, 2], [3, NaN]], logits: undefined },
    "Cannot use features: NaN at row 1, column 1",
  ],
  [
    { logits: { data: new Float32Array(30 * 2), columns: 2 } },
    "Cannot use logits: it has 30 rows, and the features have 31",
  ],
  [
    { logits: undefined, probs: { data: new Float32Array(30 * 2), columns: 2 } },
    "Cannot use probs: it has 30 rows, and the features have 31",
  ],
  [{ probs: logits }, "Give one of logits, probs and head, not several"],
  [
    { logits: undefined, probs: { data: new Float32Array(31 * 2).fill(2), columns: 2 } },
    "Cannot use probs: 2 at row 0, column 0 is not a probability",
  ],
  [
    { labels: [0, 1] },
    "Cannot use 2 labels: 31 are needed, one for each sample",
  ],
  [
    { labels: [0, 1], labeled: [3, 4, 5] },
    "Cannot use 2 labels: 31 are needed, one for each sample, or 3, one for each labeled sample",
  ],
  [
    { logits: undefined, labels: [0, 1.5], labeled: [3, 4] },
    "Cannot train on label 1.5 of sample 4 at position 1: labels are whole numbers from 0 on",
  ],
  [{ labeled: [31] }, "Labeled index 31 is out of range: the pool has 31 samples, 0 to 30"],
  [{ labeled: [-1] }, "Labeled index -1 is out of range: the pool has 31 samples, 0 to 30"],
  [{ labeled: [0.5] }, "Labeled index 0.5 is out of range: the pool has 31 samples, 0 to 30"],
  [{ labeled: [7, 3, 7] }, "Labeled index 7 is given twice"],
  [{ budget: 0 }, "The budget must be a whole number of samples, 1 or more: found 0"],
  [{ budget: -3 }, "The budget must be a whole number of samples, 1 or more: found -3"],
  [{ budget: 1.5 }, "The budget must be a whole number of samples, 1 or more: found 1.5"],
  [{ budget: NaN }, "The budget must be a whole number of samples, 1 or more: found NaN"],
  [{ budget: 32 }, "Cannot select 32 samples: only 31 are unlabeled"],
  [{ budget: 30, labeled: [1, 2] }, "Cannot select 30 samples: only 29 are unlabeled"],
  [
    { strategy: "kmeans" as "bait" },
    `Unknown strategy kmeans: use ${STRATEGIES.join(", ")}`,
  ],
  [
    { strategy: "margin", logits: undefined },
    "Cannot run margin without class probabilities: give logits, probabilities or labels",
  ],
  [
    { strategy: bait({ fisher: "exp" }), logits: undefined },
    "Cannot run bait without class probabilities: give logits, probabilities or labels",
  ],
  [
    { strategy: "bait(fisher=half)" },
    'Option fisher of bait must be one of full, exp, binary, regression, classes: found "half"',
  ],
  [
    { strategy: "bait(weighting=mean)" },
    'Option weighting of bait must be one of reference, sum, paper: found "mean"',
  ],
  [{ scale: "zscore" as "l2" }, "Unknown scale zscore: use none, standardize, l2"],
  [{ storage: "f8" as "f16" }, "Unknown storage f8: use f32 or f16"],
  ...["0", "Infinity", "1e-300", "much"].map((lambda): [Partial<SelectOptions>, string] => [
    { strategy: `bait(lambda=${lambda})` },
    "Option lambda of bait must be a positive float32 number or auto: found " +
    (lambda === "much" ? '"much"' : lambda),
  ]),
  [
    { strategy: "bait(topClasses=-1)" },
    "Option topClasses of bait must be a whole number, 0 or more: found -1",
  ],
  [
    { strategy: "bait(oversample=0.9)" },
    "Option oversample of bait must be a number, 1 or more: found 0.9",
  ],
  [
    { strategy: () => bait({ lambda: NaN }) },
    "Option lambda of bait must be a positive float32 number or auto: found NaN",
  ],
  [
    { strategy: "margin(gamma=2)" },
    "Unknown option gamma of margin: it has members, dropout, candidates, partitions",
  ],
  [
    { strategy: "bait(fisher" },
    'Cannot read strategy "bait(fisher": write a name, or options behind it as in bait(fisher=exp)',
  ],
  [{ seed: 0.5 }, "The seed must be a whole number: found 0.5"],
];

Deno.test("select: a wrong call is refused in one sentence, and nothing is left on the device", async () => {
  const device = await sharedDevice("cpu");
  for (const [options, sentence] of wrong) {
    await assert.rejects(select({ device, features, logits, budget: 2, ...options }), (error) => {
      assert.equal((error as Error).message, sentence);
      assert.ok(error instanceof InputError);
      return true;
    });
    assert.equal(device.memory.count, 0, sentence);
  }
});

Deno.test("select: options that it does not have are refused, those of strategies with a hint", async () => {
  const options = { features: [[1], [2]], budget: 1, fisher: "exp" };
  const message =
    /^Unknown option fisher of select: it has features, .*\(the options of a strategy/;
  await assert.rejects(() => select(options), { name: "InputError", message });
  const allowed = { features: [[1], [2]], budget: 1, fisher: undefined };
  assert.equal((await select(allowed)).picks.length, 1);
});

Deno.test("select: the length of slices reaches the training and the selection", async () => {
  const device = await sharedDevice("cpu");
  const features = Array.from({ length: 60 }, (_, i) => [Math.sin(i), Math.cos(3 * i)]);
  const labels = features.map((_, i) => i < 8 ? i % 2 : -1);
  const waits = async (sliceMilliseconds: number) => {
    const phases = new Map<string, number>();
    const onProgress = (phase: string) => phases.set(phase, (phases.get(phase) ?? 0) + 1);
    await select({ device, features, labels, budget: 20, sliceMilliseconds, onProgress });
    return phases;
  };
  const [short, long] = [await waits(0), await waits(1e9)];
  for (const phase of ["training", "forward"]) {
    assert.ok(short.get(phase)! > long.get(phase)!, `${phase}: ${short.get(phase)} slices`);
  }
});

Deno.test("select: a call without options, without features or with a wrong C is refused", async () => {
  const attempts: [unknown, string][] = [
    [undefined, "The options of select must be an object: found undefined"],
    ...[undefined, null, 5, {}].map((features): [unknown, string] => [
      { features, budget: 1 },
      "Cannot use features: they must be { data, columns }, an array of rows or a row source",
    ]),
    ...[-1, 0, NaN].map((C): [unknown, string] => [
      { features: [[1], [2]], logits: [[1, 2], [2, 1]], budget: 1, C },
      `Cannot train with C ${C}: it must be a positive number`,
    ]),
  ];
  for (const [options, message] of attempts) {
    await assert.rejects(() => select(options as SelectOptions), { name: "InputError", message });
  }
});
