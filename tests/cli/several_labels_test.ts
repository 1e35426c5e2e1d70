/** Commands on samples with several labels each. */

import assert from "node:assert/strict";
import { encodeNpy } from "../../src/io/numpy/npy.ts";
import { encodeNpz } from "../../src/io/numpy/npz.ts";
import { Random } from "../fixture.ts";
import { creel, type Files, namesIn, withFiles } from "./creel.ts";

const [ROWS, COLUMNS, CLASSES] = [60, 4, 3];
const features = new Random(12).normals(ROWS * COLUMNS);
const labels = Int8Array.from(
  { length: ROWS * CLASSES },
  (_, e) => Number(features[Math.floor(e / CLASSES) * COLUMNS + e % CLASSES]! > 0.2),
);
const matrix = { data: features, shape: [ROWS, COLUMNS] };
const known = labels.map((label, e) => e < 20 * CLASSES ? label : -1);
const lines = (values: ArrayLike<number>) =>
  Array.from(
    { length: values.length / CLASSES },
    (_, i) => Array.from({ length: CLASSES }, (_, k) => values[i * CLASSES + k]).join(","),
  ).join("\n");
const files: Files = {
  "pool.npz": encodeNpz({ features: matrix, labels: { data: labels, shape: [ROWS, CLASSES] } }),
  "x.npy": encodeNpy(features, [ROWS, COLUMNS]),
  "tags.csv": `cat,dog,sun\n${lines(labels)}\n`,
  "known.npy": encodeNpy(known, [ROWS, CLASSES]),
  "some.npy": encodeNpy(Float32Array.from(labels.slice(0, 20 * CLASSES)), [20, CLASSES]),
  "twenty.npy": encodeNpy(Int32Array.from({ length: 20 }, (_, i) => i), [20]),
  "wrong.npy": encodeNpy(labels.with(7, 3), [ROWS, CLASSES]),
  "part.npy": encodeNpy(known.with(61, 1), [ROWS, CLASSES]),
  "logits.npy": encodeNpy(features.filter((_, e) => e % COLUMNS < CLASSES), [ROWS, CLASSES]),
  "y.npy": encodeNpy(Int32Array.from({ length: ROWS }, (_, i) => i % 2), [ROWS]),
};
const CPU = ["--device", "cpu", "--quiet"];
const words = (folder: string, text: string) =>
  text.split(" ").map((word) => word.replace("@", `${folder}/`));

Deno.test("creel train: a matrix of labels, in the file, beside it, and of some rows", async () => {
  await withFiles(files, async (folder) => {
    const train = async (text: string) => {
      const out = ["--out", `${folder}/h.safetensors`, "--force", "--json", ...CPU];
      const { status, out: json, err } = await creel("train", ...words(folder, text), ...out);
      assert.deepEqual([status, err], [0, ""], text);
      return JSON.parse(json);
    };
    const whole = await train("@pool.npz --test-share 0.25");
    assert.deepEqual([whole.task, whole.samples, whole.classes], ["multilabel", 45, CLASSES]);
    assert.deepEqual(Object.keys(whole.test), [
      ...["meanAveragePrecision", "microF1", "macroF1", "hammingLoss", "subsetAccuracy"],
    ]);
    assert.ok(whole.test.meanAveragePrecision > 0.9 && whole.test.hammingLoss < 0.15);
    const { seconds: _, ...beside } = await train("@x.npy --labels @tags.csv");
    assert.equal(beside.samples, ROWS);
    const same = await train("@pool.npz --test @x.npy --test-labels @tags.csv");
    assert.deepEqual([same.train, same.test], [beside.train, beside.train]);
    const some = await train("@x.npy --labels @known.npy");
    assert.equal(some.samples, 20);
    const listed = await train("@x.npy --labels @some.npy --labeled @twenty.npy --head mlp");
    assert.deepEqual([listed.samples, listed.optimizer], [20, "adamw"]);

    const head = words(folder, "@x.npy --labeled @twenty.npy --strategy entropy --budget 4");
    const trained = await creel("select", ...head, "--labels", `${folder}/known.npy`, ...CPU);
    assert.deepEqual([trained.status, trained.err], [0, ""]);
    await train("@x.npy --labels @known.npy");
    const given = await creel("select", ...head, "--head", `${folder}/h.safetensors`, ...CPU);
    assert.deepEqual([given.status, given.out], [0, trained.out]);
  });
});

Deno.test("creel select: logits of several labels, and what it cannot do", async () => {
  await withFiles(files, async (folder) => {
    const select = (text: string) => creel("select", ...words(folder, text), ...CPU);
    const margin = await select(
      "@x.npy --logits @logits.npy --task multilabel --strategy margin --budget 1",
    );
    const closest = (i: number) =>
      Math.min(...[0, 1, 2].map((k) => Math.abs(features[i * COLUMNS + k]!)));
    const rows = Array.from({ length: ROWS }, (_, i) => i);
    assert.equal(margin.out, `${rows.sort((a, b) => closest(a) - closest(b))[0]}\n`);
    const rule =
      "a matrix of labels has 1 for each class of a row and 0 for the others, or -1 in " +
      "all columns of a row where they are unknown";
    for (
      const [text, message] of [
        [
          "@x.npy --labels @wrong.npy",
          `Cannot use labels in @wrong.npy: 3 at row 2, column 1, and ${rule}`,
        ],
        [
          "@x.npy --labels @part.npy",
          `Cannot use labels in @part.npy: 1 at row 20, column 1, and ${rule}`,
        ],
        [
          "@x.npy --labels @some.npy",
          "Cannot use 20 rows of labels: 60 are needed, one for each sample",
        ],
        [
          "@x.npy --labels @tags.csv",
          "Cannot select 1 sample: all 60 rows are labeled according to @tags.csv, so give rows of " +
          "unknown class the label -1, or name the labeled rows with --labeled",
        ],
      ] as const
    ) {
      const { status, out, err } = await select(`${text} --strategy margin --budget 1`);
      assert.deepEqual([status, out], [2, ""], text);
      assert.equal(err.replaceAll(`${folder}/`, "@"), `creel: ${message}\n`);
    }
    const bait = await select("@x.npy --labels @known.npy --budget 1 --fisher binary");
    assert.match(bait.err, /^creel: Cannot run bait with several labels a sample: use bait with/);
  });
});

Deno.test("creel simulate: curves of the mean average precision", async () => {
  await withFiles(files, async (folder) => {
    const settings = "--seeds 2 --initial 6 --rounds 2 --budget 4 --device cpu --quiet --json";
    const simulate = (text: string) => creel("simulate", ...words(folder, `${text} ${settings}`));
    const { status, out, err } = await simulate("@pool.npz --out @out");
    assert.deepEqual([status, err], [0, ""]);
    const summary = JSON.parse(out);
    assert.deepEqual(
      [summary.metric, summary.settings.task, Object.keys(summary.strategies)],
      ["meanAveragePrecision", "multilabel", ["bait-classes", "margin", "random"]],
    );
    // Earlier results are recognized: a second call reads them.
    const again = await simulate("@pool.npz --out @out");
    assert.deepEqual(again.out, out);
    assert.ok(namesIn(`${folder}/out`).includes("curves.svg"));
    const refused = await simulate("@pool.npz --out @other --strategies badge");
    assert.deepEqual([refused.status, refused.out], [2, ""]);
    assert.match(refused.err, /^creel: Cannot run badge with several labels a sample/);
    const mixed = await simulate("@pool.npz --out @other --test @x.npy --test-labels @y.npy");
    assert.match(mixed.err, /has labels, and the pool has rows of 3 labels\n$/);
  });
});
