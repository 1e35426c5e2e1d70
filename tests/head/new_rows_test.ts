/** A head and rows that it has not seen: scaled alike, of its width, on its device. */

import assert from "node:assert/strict";
import type { Device } from "../../src/device/device.ts";
import { openDevice } from "../../src/device/open.ts";
import { Head } from "../../src/head/head.ts";
import { loadHead, saveHead } from "../../src/head/save.ts";
import { trainHead } from "../../src/head/train-head.ts";
import { arrayRows } from "../../src/io/rows.ts";
import { select } from "../../src/learn/select.ts";
import { Pool, SCALES } from "../../src/pool/pool.ts";
import { runStrategy } from "../../src/select/run-strategy.ts";
import { assertClose, deviceTest, numbers, Random, sharedDevice, withLimits } from "../fixture.ts";

const [ROWS, COLUMNS] = [23, 10];
const random = new Random(41);
/** Columns of different units, far from 0. */
const data = random.normals(ROWS * COLUMNS).map((v, e) => (v + 3) * (1 + e % COLUMNS));
const indices = Array.from({ length: ROWS }, (_, i) => i);
const labels = indices.map((i) => Number(data[i * COLUMNS]! > 3) + Number(i % 5 === 0));
const targets = indices.map((i) => data[i * COLUMNS]! * 2 - 7);
const fresh = random.normals(300 * COLUMNS).map((v, e) => (v + 3) * (1 + e % COLUMNS));
const source = arrayRows("features", data, COLUMNS);

/** Rows of 12 features, which are padded to 16 as rows of 10 are. */
const wide = { data: random.normals(7 * 12), columns: 12 };
const narrow = "Cannot apply a head for 10 features to samples of 12";

deviceTest("a head scales raw rows as its pool was scaled", async (device) => {
  for (const scale of SCALES) {
    using pool = await Pool.from(device, source, { scale });
    // What stands for a pool of the same rows, scaled by the numbers of the first.
    using alike = await Pool.from(device, arrayRows("fresh", fresh, COLUMNS), { scale: pool });
    for (const options of [{}, { hidden: [5], epochs: 3 }]) {
      using head = await trainHead(pool, { indices, labels }, options);
      const expected: number[] = [];
      for (const segment of alike.segments(256)) {
        using probabilities = await head.predict(device, segment);
        expected.push(...await numbers(device, probabilities));
      }
      const raw = await head.probabilities({ data: fresh, columns: COLUMNS });
      assert.deepEqual(raw, Float32Array.from(expected), scale);
      assert.deepEqual(await head.probabilities(alike), raw, scale);
      assert.deepEqual(await head.probabilities(arrayRows("fresh", fresh, COLUMNS)), raw, scale);
      // The rows that it was trained on, raw, are those of the pool.
      assert.deepEqual(await head.probabilities(source), await head.probabilities(pool), scale);
      const logits = await head.logits({ data: fresh.subarray(0, COLUMNS), columns: COLUMNS });
      const powers = Array.from(logits, Math.exp);
      const sum = powers.reduce((a, b) => a + b);
      assertClose(raw.subarray(0, head.classes), powers.map((power) => power / sum));
    }
    using regression = await trainHead(pool, { indices, targets });
    assert.deepEqual(await regression.values(source), await regression.values(pool), scale);
    assert.equal((await regression.values({ data: fresh, columns: COLUMNS })).length, 300);
  }
});

deviceTest("rows of length 1 are written down with the head, and were before", async (device) => {
  using pool = await Pool.from(device, source, { scale: "l2" });
  using head = await trainHead(pool, { indices, labels });
  using loaded = await loadHead(device, await saveHead(head));
  assertClose(await loaded.probabilities(source), await head.probabilities(pool));
  // A head of a pool that was not scaled, and the note that `creel train` makes of the scale.
  using plain = await Pool.from(device, source);
  using other = await trainHead(plain, { indices, labels });
  for (const [scale, unitRows] of [["l2", true], ["none", false]] as const) {
    using again = await loadHead(device, await saveHead(other, { scale }));
    assert.deepEqual([other.unitRows, again.unitRows], [false, unitRows]);
  }
});

deviceTest("rows of another width are refused, whatever they are padded to", async (device) => {
  using pool = await Pool.from(device, source, { scale: "standardize" });
  using other = await Pool.from(device, arrayRows("wide", wide.data, 12));
  assert.equal(other.stride, pool.stride);
  using head = await trainHead(pool, { indices, labels });
  using deep = await trainHead(pool, { indices, labels }, { hidden: [3], epochs: 1 });
  using values = await trainHead(pool, { indices, targets });
  const refusals: (() => Promise<unknown>)[] = [
    () => head.probabilities(wide),
    () => head.probabilities(other),
    () => head.logits(wide),
    () => deep.probabilities(other),
    () => values.values(wide),
    () => head.predict(device, other.segments(256)[0]!),
    // deno-lint-ignore require-await
    async () => deep.outputs(device, other.segments(256)[0]!),
    () => select({ device, features: wide, head, budget: 1 }),
    () => select({ device, features: wide, head, budget: 1, strategy: "random" }),
    () => select({ device, features: wide, memberPredictors: [head, deep], budget: 1 }),
    () => runStrategy(other, "bait", { predictor: head, budget: 1 }),
    () => runStrategy(other, "mase", { predictor: head, budget: 1 }),
    () => runStrategy(other, "margin", { memberPredictors: [head, deep], budget: 1 }),
    () => runStrategy(other, "bald", { predictor: head, budget: 1 }),
    () => runStrategy(other, "drop-query", { predictor: head, budget: 1 }),
  ];
  for (const [at, refusal] of refusals.entries()) {
    await assert.rejects(refusal, { name: "InputError", message: narrow }, `refusal ${at}`);
  }
  const weights = { weight: { data: random.normals(20), columns: 10 }, bias: [0, 0] };
  await assert.rejects(
    select({ device, features: wide, head: weights, strategy: "random", budget: 1 }),
    { name: "InputError", message: narrow },
  );
  await assert.rejects(Pool.from(device, arrayRows("wide", wide.data, 12), { scale: head }), {
    name: "InputError",
    message: "Cannot scale rows of 12 features as rows of 10",
  });
});

deviceTest("a head of another device is refused", async (device) => {
  using elsewhere = await openDevice({ device: "cpu" });
  using pool = await Pool.from(elsewhere, source);
  using head = await trainHead(pool, { indices, labels });
  using here = await Pool.from(device, source);
  const message = "Cannot apply a head to samples of another device: the head is on " +
    `${elsewhere.name}, and the samples are on ${device.name}`;
  const refusals = [
    () => head.probabilities(here),
    () => head.predict(device, here.segments(256)[0]!),
    () => runStrategy(here, "margin", { predictor: head, budget: 1 }),
    () => select({ device, features: source, head, budget: 1 }),
  ];
  for (const refusal of refusals) {
    await assert.rejects(refusal, { name: "InputError", message });
  }
  // Without a device a selection runs on that of the head.
  const peak = elsewhere.memory.count;
  const { device: { kind, name } } = await select({ features: source, head, budget: 2 });
  assert.deepEqual([kind, name, elsewhere.memory.count], ["cpu", elsewhere.name, peak]);
});

deviceTest("select: a trained head scales the features itself", async (device) => {
  const known = { labeled: indices.slice(0, 12), budget: 4 };
  const raw = { device, features: source };
  for (const scale of SCALES) {
    using pool = await Pool.from(device, source, { scale });
    using head = await trainHead(pool, { indices, labels });
    const expected = await runStrategy(pool, "margin", { ...known, predictor: head });
    const found = await select({ ...raw, ...known, head, strategy: "margin" });
    assert.deepEqual([found.picks, found.scale], [expected.picks, scale]);
    const memberPredictors = [head, head];
    const members = await select({ ...raw, ...known, memberPredictors, strategy: "margin" });
    assert.deepEqual([members.picks, members.scale], [expected.picks, scale]);
    await assert.rejects(select({ ...raw, ...known, head, scale }), {
      name: "InputError",
      message: "Give head or scale, not both: a head says how features are scaled",
    });
    using unscaled = await Head.of(device, { weight: [[...data.subarray(0, 10)]], bias: [0] });
    if (scale === "none") continue;
    await assert.rejects(select({ ...raw, ...known, memberPredictors: [head, unscaled] }), {
      name: "InputError",
      message: "Cannot select with heads that scale the features differently",
    });
  }
});

deviceTest("given weights: the head computes what they say", async (device) => {
  const weight = Array.from({ length: 3 }, () => [...random.normals(COLUMNS)]);
  const bias = [0.5, -1, 2];
  using head = await Head.of(device, { weight, bias });
  const { kind, classes, columns, report } = head;
  assert.deepEqual([kind, classes, columns, report], ["linear", 3, COLUMNS, undefined]);
  const expected = indices.flatMap((i) =>
    weight.map((row, k) =>
      row.reduce((sum, w, f) => sum + Math.fround(w) * data[i * COLUMNS + f]!, bias[k]!)
    )
  );
  assertClose(await head.logits(source), expected, { relative: 1e-4, absolute: 1e-4 });
  const flat = { data: Float32Array.from(weight.flat()), columns: COLUMNS };
  using same = await Head.of(device, { weight: flat, bias: Float32Array.from(bias) });
  assert.deepEqual(await same.readLayers(), await head.readLayers());
});

deviceTest("a forward pass is a product and a bias, however large the pool", async (device) => {
  const rows = { data: random.normals(1500 * 5), columns: 5 };
  using head = await Head.of(device, { weight: [[1, 2, 3, 4, 5], [0, 0, 0, 0, 1]], bias: [0, 1] });
  using pool = await Pool.from(device, arrayRows("rows", rows.data, 5));
  const [segment] = pool.segments(65536);
  const { dispatches } = device.counts;
  const { count } = device.memory;
  using outputs = head.outputs(device, segment!);
  assert.equal(device.counts.dispatches - dispatches, 2);
  assert.equal(device.memory.count - count, 1);
  const small = withLimits(device, { bindingBytes: 256 * 8 * 4 });
  using copy = await Head.of(small, { weight: [[1, 2, 3, 4, 5], [0, 0, 0, 0, 1]], bias: [0, 1] });
  assertClose(await copy.logits(rows), await numbers(device, outputs));
});

Deno.test("a wrong question is refused in a sentence", async () => {
  const device = await sharedDevice("cpu");
  const { count } = device.memory;
  const refuses = async (work: () => Promise<unknown>, message: string) =>
    await assert.rejects(work, { name: "InputError", message });
  {
    using pool = await Pool.from(device, source, { scale: "standardize" });
    using classifier = await trainHead(pool, { indices, labels });
    using regression = await trainHead(pool, { indices, targets });
    await refuses(
      () => regression.probabilities(source),
      "Cannot predict class probabilities with a regression head",
    );
    await refuses(
      () => regression.logits(source),
      "Cannot compute logits with a regression head",
    );
    await refuses(
      () => classifier.values(source),
      "Cannot predict values with a classification head",
    );
    using unit = pool.normalized();
    using both = await trainHead(unit, { indices, labels });
    assert.deepEqual(await both.probabilities(source), await both.probabilities(unit));
    await refuses(
      () => both.withoutColumnScale(),
      "Cannot move the columns' scale into a head whose rows are brought to length 1 after it",
    );
  }
  const of = (weight: number[][], bias: number[]) => () => Head.of(device, { weight, bias });
  await refuses(
    of([[1, 2], [3, 4]], [0]),
    "Cannot use 2 rows of weights with 1 biases as a head: each class needs one of both",
  );
  await refuses(
    of([[1, NaN]], [0]),
    "Cannot use weights of the head: NaN at row 0, column 1",
  );
  await refuses(of([[1, 2]], [Infinity]), "Cannot use the head: bias Infinity of class 0");
  assert.equal(device.memory.count, count);
});

/** Two far blobs, so many that no function takes a label each as an argument. */
async function crowd(device: Device): Promise<{ pool: Pool; all: number[] }> {
  const all = Array.from({ length: 200_000 }, (_, i) => i);
  const features = Float32Array.from(all, (i) => i % 2);
  return { pool: await Pool.from(device, arrayRows("crowd", features, 1)), all };
}

Deno.test("200,000 labels are not too many", async () => {
  const device = await sharedDevice("cpu");
  const { pool, all } = await crowd(device);
  using _ = pool;
  const samples = { indices: all, labels: all.map((i) => i % 2) };
  for (
    const options of [
      { maxIterations: 5 },
      { optimizer: "sgd", epochs: 1, batchSize: 100_000, validationShare: 0.2 },
    ] as const
  ) {
    using head = await trainHead(pool, samples, options);
    const probabilities = await head.probabilities([[0], [1]]);
    assert.ok(probabilities[0]! > 0.5 && probabilities[3]! > 0.5);
  }
  using head = await trainHead(pool, { indices: all, targets: all.map((i) => 3 * (i % 2)) });
  assertClose(await head.values([[0], [1]]), [0, 3], { absolute: 1e-3 });
});
