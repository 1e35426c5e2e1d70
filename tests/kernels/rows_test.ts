/** The kernels that work on rows of features or probabilities, against their twins. */

import assert from "node:assert/strict";
import { binaryWeights } from "../../src/kernels/bait/binary-weights.ts";
import { gatherRows } from "../../src/kernels/pool/gather-rows.ts";
import { normalizeRows } from "../../src/kernels/pool/normalize-rows.ts";
import { rowStatistics } from "../../src/kernels/pool/row-statistics.ts";
import { scaleColumns } from "../../src/kernels/pool/scale-columns.ts";
import { softmaxRows } from "../../src/kernels/pool/softmax-rows.ts";
import { sortIndices } from "../../src/kernels/bait/sort-indices.ts";
import { topClasses } from "../../src/kernels/bait/top-classes.ts";
import { assertClose, compareKernel, gpuTest, Random } from "../fixture.ts";

/** Rows and classes: one of each, a few, more than a workgroup. */
const shapes = [[1, 1], [1, 33], [37, 1], [67, 2], [301, 10], [65, 33]] as const;
/** What rounding to half floats may do; the way it rounds is the GPU's choice. */
const halfStep = { relative: 1.1 * 2 ** -10, absolute: 1e-7 };

gpuTest("softmax-rows: rows of any length, and logits that would overflow", async () => {
  const random = new Random(1);
  for (const [rows, classes] of shapes) {
    const logits = random.normals(rows * classes, 5);
    logits.fill(3, 0, classes);
    const { values } = await compareKernel(softmaxRows, {
      tensors: { values: { shape: [rows, classes], data: logits } },
      params: { rows, classes },
    });
    assert.ok(Math.abs(values[0]! - 1 / classes) < 1e-12);
  }
  await compareKernel(softmaxRows, {
    tensors: { values: { shape: [2, 3], data: [1e4, 1e4, -1e4, -3e38, 3e38, 0] } },
    params: { rows: 2, classes: 3 },
  });
});

gpuTest("softmax-rows: independent sigmoids, which do not overflow", async () => {
  const random = new Random(11);
  for (const [rows, classes] of shapes) {
    const logits = random.normals(rows * classes, 5);
    logits[0] = 0;
    const { values } = await compareKernel(softmaxRows, {
      tensors: { values: { shape: [rows, classes], data: logits } },
      params: { rows, classes },
      constants: { independent: 1 },
    });
    assert.equal(values[0], 0.5);
  }
  const { values } = await compareKernel(softmaxRows, {
    tensors: { values: { shape: [2, 2], data: [3e38, -3e38, -40, 40] } },
    params: { rows: 2, classes: 2 },
    constants: { independent: 1 },
  });
  assert.deepEqual([...values.subarray(0, 2)], [1, 0]);
});

gpuTest(
  "row-statistics: confidence, margin, entropy and label, with ties and certainty",
  async () => {
    const random = new Random(2);
    for (const [rows, classes] of shapes) {
      const p = random.probabilities(rows, classes);
      // A row with all classes equal, and one that is certain of the last.
      p.fill(1 / classes, 0, classes);
      if (rows > 1) p.fill(0, classes, 2 * classes)[2 * classes - 1] = 1;
      await compareKernel(rowStatistics, {
        tensors: {
          probabilities: { shape: [rows, classes], data: p },
          statistics: { shape: [rows, 4], data: random.normals(rows * 4) },
        },
        params: { rows, classes },
      }, { relative: 1e-5, absolute: 5e-6 });
    }
  },
);

gpuTest("row-statistics: of independent classes, also certain ones", async () => {
  const random = new Random(12);
  for (const [rows, classes] of shapes) {
    const p = random.uniforms(rows * classes, 0, 1);
    p[0] = 0.5;
    if (rows > 2) p.fill(1, classes, 2 * classes).fill(0, 2 * classes, 3 * classes);
    const { statistics } = await compareKernel(rowStatistics, {
      tensors: {
        probabilities: { shape: [rows, classes], data: p },
        statistics: { shape: [rows, 4], data: random.normals(rows * 4) },
      },
      params: { rows, classes },
      constants: { independent: 1 },
    }, { relative: 2e-5, absolute: 1e-5 });
    assert.equal(statistics[1], 0, "a class of 1/2 has no margin");
    if (rows > 2) assertClose(statistics.subarray(4, 7), [1, 1, 0], { absolute: 1e-12 });
  }
});

gpuTest("top-classes: every rank, the lower of two equal classes first", async () => {
  const random = new Random(3);
  for (const [rows, classes] of shapes) {
    for (const rank of [1, 2, 3, 5, 10, 17, 32, 33].filter((rank) => rank <= classes)) {
      for (const tied of [false, true]) {
        const p = random.probabilities(rows, classes);
        // Eighths: many are equal, and many are 0.
        if (tied) p.forEach((value, e) => p[e] = Math.round(8 * value) / 8);
        // Every row needs something in its top classes.
        for (let i = 0; i < rows; i++) p[i * classes + random.integer(classes)] = 0.5;
        await compareKernel(topClasses, {
          tensors: {
            probabilities: { shape: [rows, classes], data: p },
            columns: { shape: [rows, rank], dtype: "u32" },
            weights: { shape: [rows, rank], data: random.normals(rows * rank) },
          },
          params: { rows, classes, rank, scale: 0.7 },
        });
      }
    }
  }
});

gpuTest("binary-weights: from certain to undecided, and 0 where rounding is above 1", async () => {
  const random = new Random(4);
  for (const [rows, classes] of shapes) {
    const first = rows % 5;
    const probabilities = random.probabilities(rows, classes);
    probabilities[0] = 1 + 2 ** -23;
    const { weights } = await compareKernel(binaryWeights, {
      tensors: {
        probabilities: { shape: [rows, classes], data: probabilities },
        weights: { shape: [first + rows + 1], data: random.normals(first + rows + 1) },
      },
      params: { rows, classes, scale: 0.7, first },
      // Next to certainty 1 - m has no digits left.
    }, { absolute: 1e-4 });
    assert.equal(weights[first], 0);
  }
});

gpuTest("normalize-rows: both storages, rows of zeros, tiny and huge rows", async () => {
  const random = new Random(5);
  for (const [rows, d] of [[1, 8], [67, 24], [301, 136]] as const) {
    const x = random.normals(rows * d);
    for (const half of [0, 1]) {
      const values = x.slice();
      if (rows > 4) {
        values.fill(0, d, 2 * d);
        const [tiny, huge] = half ? [2 ** -14, 2 ** 13] : [1e-35, 1e35];
        for (let f = 0; f < d; f++) {
          values[2 * d + f]! *= tiny;
          values[3 * d + f]! *= huge;
        }
      }
      await compareKernel(normalizeRows, {
        tensors: { x: { shape: [rows, d], dtype: half ? "f16" : "f32", data: values } },
        params: { rows, d },
        constants: { half },
      }, half ? halfStep : { relative: 1e-5, absolute: 1e-7 });
    }
  }
});

gpuTest("scale-columns: both storages", async () => {
  const random = new Random(6);
  for (const [rows, d] of [[1, 2], [67, 24], [301, 10]] as const) {
    for (const half of [0, 1]) {
      await compareKernel(scaleColumns, {
        tensors: {
          x: { shape: [rows, d], dtype: half ? "f16" : "f32", data: random.normals(rows * d) },
          shift: { shape: [d], data: random.normals(d) },
          factor: { shape: [d], data: random.normals(d) },
        },
        params: { rows, d },
        constants: { half },
        // The difference is rounded to a half float, which the twin does once as well.
      }, half ? { ...halfStep, absolute: 1e-5 } : {});
    }
  }
});

gpuTest("gather-rows: from one block of several, every storage", async () => {
  const random = new Random(7);
  const [blockRows, base, first, count] = [29, 100, 3, 41];
  for (
    const [dtype, width, sourceOffset] of [
      ["f32", 7, 0],
      ["u32", 3, 5],
      ["f16", 6, 2],
      ["real", 1, 0],
    ] as const
  ) {
    const perWord = dtype === "f16" ? 2 : 1;
    const words = width / perWord;
    // Some rows are in this block, and some are before or behind it.
    const index = Array.from({ length: first + count }, () => random.integer(160));
    index.splice(first, 2, base, base + blockRows);
    const size = sourceOffset * perWord + blockRows * width;
    const data = (length: number) =>
      Array.from({ length }, () => random.integer(2048)) as ArrayLike<number>;
    await compareKernel(gatherRows, {
      tensors: {
        index: { shape: [index.length], dtype: "u32", data: index },
        source: { shape: [size], dtype, data: data(size) },
        out: { shape: [count, width], dtype, data: data(count * width) },
      },
      params: { first, count, base, rows: blockRows, words, sourceOffset, perWord },
    }, { relative: 0, absolute: 0 });
  }
});

gpuTest("sort-indices: distinct indices, and only the first of them", async () => {
  const random = new Random(8);
  for (const [length, count] of [[1, 1], [70, 65], [311, 311], [5, 0]] as const) {
    const index = random.distinct(length, 5000);
    index[0] = 0xffffffff;
    const { sorted } = await compareKernel(sortIndices, {
      tensors: {
        index: { shape: [length], dtype: "u32", data: index },
        sorted: { shape: [length], dtype: "u32", data: index },
      },
      params: { count },
    }, { relative: 0, absolute: 0 });
    const expected = index.slice(0, count).sort((a, b) => a - b);
    assert.deepEqual(Array.from(sorted.slice(0, count)), expected);
  }
});
