/** The linear head where there is no minimum, nothing to learn, or a wrong call. */

import assert from "node:assert/strict";
import { trainHead } from "../../src/head/train-head.ts";
import type { TrainHeadOptions } from "../../src/head/train-options.ts";
import { arrayRows } from "../../src/io/rows.ts";
import { Pool } from "../../src/pool/pool.ts";
import { deviceTest, Random, sharedDevice } from "../fixture.ts";

const random = new Random(1);
const [ROWS, COLUMNS] = [40, 11];
const plain = random.normals(ROWS * COLUMNS);
const all = Array.from({ length: ROWS }, (_, i) => i);
/** Three classes that two lines separate. */
const separable = all.map((i) =>
  plain[i * COLUMNS]! > 0.1 ? 1 : plain[i * COLUMNS + 1]! > 0 ? 2 : 0
);
const noise = all.map(() => random.integer(3));

interface Case extends TrainHeadOptions {
  readonly features?: Float32Array<ArrayBuffer>;
  readonly indices?: readonly number[];
  readonly labels?: readonly number[];
  /** Whether it must converge; where it need not, it must end all the same. */
  readonly converges?: boolean;
}

const cases: Record<string, Case> = {
  "separable classes and hardly a penalty": { C: 1e8 },
  "separable classes and no penalty": { C: Infinity },
  "nearly nothing but the penalty": { C: 1e-10 },
  "the only class": { labels: all.map(() => 0) },
  "one class of three": { labels: all.map(() => 1), classes: 3 },
  "classes without samples": { labels: separable.map((label) => 2 * label), classes: 7 },
  "one sample": { indices: [5], labels: [2], classes: 4 },
  "rows that are all the same": {
    features: plain.map((_, e) => plain[e % COLUMNS]!),
    labels: noise,
  },
  "features that are all 0": { features: plain.map(() => 0), labels: noise },
  "features times 1000": { features: plain.map((value) => 1000 * value) },
  "features times 1000, and labels that are noise": {
    ...{ features: plain.map((value) => 1000 * value), labels: noise, C: 1e6 },
  },
  "features times 1e11": { features: plain.map((value) => 1e11 * value) },
  "features times 1e-6": { features: plain.map((value) => 1e-6 * value), labels: noise },
  "features far from 0": { features: plain.map((value) => value + 1000), converges: false },
  "features of every scale": {
    features: plain.map((value, e) => value * 10 ** (e % COLUMNS - 5)),
    converges: false,
    maxIterations: 60,
  },
  "a tolerance that no number meets": { labels: noise, tolerance: 1e-30, converges: false },
};

for (const [name, one] of Object.entries(cases)) {
  deviceTest(`${name}: a finite head`, async (device) => {
    const { features = plain, indices = all, labels = separable, converges = true, ...rest } = one;
    using pool = await Pool.from(device, arrayRows("features", features, COLUMNS));
    using head = await trainHead(pool, { indices, labels }, rest);
    const { classes } = head;
    const report = head.report!;
    assert.equal(report.converged, report.status === "converged");
    assert.notEqual(report.status, "running");
    if (converges) assert.ok(report.converged, `${report.status}: |g| is ${report.gradientNorm}`);
    assert.ok([report.loss!, report.gradientNorm!].every(Number.isFinite));
    const { weight, bias } = await head.readWeights!();
    assert.ok([...Array.from(weight), ...Array.from(bias)].every(Number.isFinite));
    const probabilities = await head.probabilities(pool);
    assert.ok(probabilities.every((p) => p >= 0 && p <= 1));
    // What cannot be learned has the probability of its class among the labels.
    if (features.every((value) => value === features[0])) {
      const share = labels.filter((label) => label === 0).length / labels.length;
      assert.ok(Math.abs(probabilities[0]! - share) < 1e-4);
    }
    // A class without samples is as good as impossible.
    for (let k = 0; k < classes; k++) {
      if (labels.includes(k) || one.indices) continue;
      assert.ok(all.every((i) => probabilities[i * classes + k]! < 1e-4), `class ${k}`);
    }
  });
}

const refused: [string, { indices: number[]; labels: number[] }, TrainHeadOptions, string][] = [
  ["no labels", { indices: [], labels: [] }, {}, "Cannot train on no labels: at least 1 is needed"],
  [
    "labels that are missing",
    { indices: [1, 2], labels: [0] },
    {},
    "Cannot train on 2 indices with 1 labels: each index needs one label",
  ],
  [
    "a negative label",
    { indices: [1, 2], labels: [0, -1] },
    {},
    "Cannot train on label -1 of sample 2 at position 1: labels are whole numbers from 0 on",
  ],
  [
    "a fractional label",
    { indices: [1], labels: [0.5] },
    { classes: 2 },
    "Cannot train on label 0.5 of sample 1 at position 0: labels are 0 to 1",
  ],
  [
    "a label above the classes",
    { indices: [1], labels: [3] },
    { classes: 3 },
    "Cannot train on label 3 of sample 1 at position 0: labels are 0 to 2",
  ],
  [
    "an index outside the pool",
    { indices: [0, 40], labels: [0, 1] },
    {},
    "Cannot train on index 40 at position 1: the pool's indices are 0 to 39",
  ],
  [
    "an index twice",
    { indices: [7, 3, 7], labels: [0, 1, 0] },
    {},
    "Cannot train on index 7 at position 2: it stands at position 0 already",
  ],
  [
    "no classes",
    { indices: [1], labels: [0] },
    { classes: 0 },
    "Cannot train for 0 classes: it must be a whole number from 1 on",
  ],
  [
    "a C of 0",
    { indices: [1], labels: [0] },
    { C: 0 },
    "Cannot train with C 0: it must be a positive number",
  ],
  [
    "a C that is no number",
    { indices: [1], labels: [0] },
    { C: NaN },
    "Cannot train with C NaN: it must be a positive number",
  ],
  [
    "a negative tolerance",
    { indices: [1], labels: [0] },
    { tolerance: -1 },
    "Cannot train with tolerance -1: it must be a positive number",
  ],
  [
    "half a step",
    { indices: [1], labels: [0] },
    { maxIterations: 0.5 },
    "Cannot train with maxIterations 0.5: it must be a whole number from 1 on",
  ],
];

Deno.test("a wrong call is refused, and leaves nothing behind", async () => {
  const device = await sharedDevice("cpu");
  using pool = await Pool.from(device, arrayRows("features", plain, COLUMNS));
  const { count } = device.memory;
  for (const [what, labeled, options, message] of refused) {
    const expected = { name: "InputError", message };
    await assert.rejects(trainHead(pool, labeled, options), expected, what);
  }
  assert.equal(device.memory.count, count);
});
