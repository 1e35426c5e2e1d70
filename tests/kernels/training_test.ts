/** The kernels of training with mini-batches, against their twins. */

import assert from "node:assert/strict";
import { activate, Activations } from "../../src/kernels/head/activate.ts";
import { activationSlope } from "../../src/kernels/head/activation-slope.ts";
import { halfBits, keyOf } from "../../src/random/counter-hash.ts";
import { binaryCrossEntropy } from "../../src/kernels/head/binary-cross-entropy.ts";
import { crossEntropy } from "../../src/kernels/head/cross-entropy.ts";
import { gatherBatch } from "../../src/kernels/pool/gather-batch.ts";
import { keepBest } from "../../src/kernels/head/keep-best.ts";
import { optimizerStep } from "../../src/kernels/head/optimizer-step.ts";
import { shuffle } from "../../src/kernels/head/shuffle.ts";
import { squaredError } from "../../src/kernels/head/squared-error.ts";
import { compareKernel, gpuTest, Random } from "../fixture.ts";

gpuTest("shuffle: a permutation of any size, the same on both devices", async () => {
  for (const size of [1, 2, 3, 5, 16, 17, 255, 257, 1000, 70_001]) {
    const key = keyOf(7, "shuffle", size);
    const { order } = await compareKernel(shuffle, {
      tensors: { order: { shape: [size + 1], dtype: "u32", data: new Uint32Array(size + 1) } },
      params: { size, bits: halfBits(size), key },
    }, { relative: 0, absolute: 0 });
    assert.equal(order[size], 0, "nothing spills over");
    const seen = new Set(order.subarray(0, size));
    assert.equal(seen.size, size);
    assert.ok(Math.max(...[...seen].slice(0, 1000)) < size);
  }
});

gpuTest("gather-batch: rows of one block, f32 and half floats", async () => {
  const random = new Random(1);
  for (const half of [0, 1]) {
    for (const [rows, stride, count] of [[1, 8, 1], [13, 24, 7], [40, 8, 33]] as const) {
      const base = 5;
      // Some rows lie in other blocks and are left as they are.
      const order = Uint32Array.from({ length: count + 2 }, () => random.integer(rows + 10));
      await compareKernel(gatherBatch, {
        tensors: {
          order: { shape: [count + 2], dtype: "u32", data: order },
          source: {
            shape: [rows, stride],
            dtype: half ? "f16" : "f32",
            data: new Float16Array(random.normals(rows * stride)),
          },
          out: { shape: [count, stride], data: random.normals(count * stride) },
        },
        params: { first: 2, count, base, rows, stride },
        constants: { half },
      }, { relative: 0, absolute: 0 });
    }
  }
});

/** Rows, width, stride: padded and not, with more rows than a workgroup has threads. */
const shapes = [[1, 1, 8], [3, 8, 8], [37, 5, 5], [67, 13, 16], [300, 1, 1]] as const;

gpuTest("activate: bias, each activation, with and without dropout", async () => {
  const random = new Random(2);
  for (const [name, activation] of Object.entries(Activations)) {
    for (const [rows, width, stride] of shapes) {
      for (const rate of [0, 0.4]) {
        const z = random.normals(rows * stride, 3);
        z[0] = -30;
        const { a } = await compareKernel(activate, {
          tensors: {
            parameters: { shape: [width + 3], data: random.normals(width + 3) },
            z: { shape: [rows, stride], data: z },
            a: { shape: [rows * stride + 2], data: new Float32Array(rows * stride + 2).fill(7) },
          },
          params: {
            rows,
            width,
            stride,
            biasOffset: 3,
            outOffset: 2,
            key: 12345,
            threshold: rate * 2 ** 32,
            scale: 1 / (1 - rate),
          },
          constants: { activation },
        }, { relative: 1e-5, absolute: 3e-6 });
        assert.deepEqual([...a.subarray(0, 2)], [7, 7], name);
        if (stride > width) assert.equal(a[2 + width], 7, "padding");
      }
    }
  }
});

gpuTest("activation-slope: each activation, with the mask of the forward pass", async () => {
  const random = new Random(3);
  for (const activation of Object.values(Activations)) {
    for (const [rows, width, stride] of shapes) {
      const z = random.normals(rows * stride, 3);
      z[0] = 0;
      z[z.length - 1] = -40;
      await compareKernel(activationSlope, {
        tensors: {
          z: { shape: [rows, stride], data: z },
          g: { shape: [rows, stride], data: random.normals(rows * stride) },
        },
        params: { rows, width, stride, key: 99, threshold: 2 ** 31, scale: 2 },
        constants: { activation },
      }, { relative: 1e-5, absolute: 3e-6 });
    }
  }
});

gpuTest("cross-entropy: rows, classes, weights, smoothing", async () => {
  const random = new Random(4);
  for (const [rows, classes] of [[1, 1], [3, 2], [63, 10], [130, 33]] as const) {
    for (const smoothing of [0, 0.1]) {
      const n = rows + 9;
      const logits = random.normals(rows * classes, 4);
      if (classes === 10) logits.set([-200, 300], 0);
      const weights = random.uniforms(classes, 0.2, 3);
      await compareKernel(crossEntropy, {
        tensors: {
          order: { shape: [n], dtype: "u32", data: random.distinct(n, n) },
          labels: {
            shape: [n],
            dtype: "u32",
            data: Uint32Array.from({ length: n }, () => random.integer(classes)),
          },
          weights: { shape: [classes], data: weights },
          logits: { shape: [rows, classes], data: logits },
          losses: { shape: [n], data: random.normals(n) },
        },
        params: {
          rows,
          classes,
          first: 4,
          lossOffset: 5,
          smoothing,
          weightSum: weights.reduce((a, b) => a + b),
          scale: 0.7,
        },
      }, { relative: 3e-5, absolute: 1e-6 });
    }
  }
});

gpuTest("binary-cross-entropy: rows and classes, and logits that overflow", async () => {
  const random = new Random(14);
  for (const [rows, classes] of [[1, 1], [3, 2], [63, 10], [130, 33]] as const) {
    const n = rows + 9;
    const words = Math.ceil(classes / 32);
    const logits = random.normals(rows * classes, 4);
    if (classes === 10) logits.set([-200, 300, 3e38, -3e38], 0);
    const { losses } = await compareKernel(binaryCrossEntropy, {
      tensors: {
        order: { shape: [n], dtype: "u32", data: random.distinct(n, n) },
        labels: {
          shape: [n, words],
          dtype: "u32",
          data: Uint32Array.from({ length: n * words }, () => random.integer(2 ** 31)),
        },
        logits: { shape: [rows, classes], data: logits },
        losses: { shape: [n], data: random.normals(n) },
      },
      params: { rows, classes, first: 4, lossOffset: 5, scale: 0.7 },
    }, { relative: 3e-5, absolute: 1e-6 });
    assert.ok(losses.subarray(5, 5 + rows).every((loss) => loss > 0 && Number.isFinite(loss)));
  }
});

gpuTest("squared-error: rows and outputs", async () => {
  const random = new Random(5);
  for (const [rows, width] of [[1, 1], [63, 3], [130, 7]] as const) {
    const n = rows + 9;
    await compareKernel(squaredError, {
      tensors: {
        order: { shape: [n], dtype: "u32", data: random.distinct(n, n) },
        targets: { shape: [n, width], data: random.normals(n * width) },
        values: { shape: [rows, width], data: random.normals(rows * width) },
        losses: { shape: [n], data: random.normals(n) },
      },
      params: { rows, width, first: 4, lossOffset: 5, scale: 0.7 },
    });
  }
});

gpuTest("optimizer-step: all scalars at once, clipped and not", async () => {
  const random = new Random(6);
  for (const size of [1, 257, 1000]) {
    for (const clip of [0, 0.5, 1e6]) {
      await compareKernel(optimizerStep, {
        tensors: {
          gradient: { shape: [size], data: random.normals(size) },
          norm: { shape: [1], data: [4] },
          parameters: { shape: [size + 1], data: random.normals(size + 1) },
          first: { shape: [size], data: random.normals(size) },
          second: { shape: [size], data: random.uniforms(size, 0.1, 1) },
        },
        params: {
          size,
          decayed: Math.floor(size / 2),
          clip,
          shrink: 0.99,
          decay: 0.02,
          keepFirst: 0.9,
          gainFirst: 0.1,
          keepSecond: 0.99,
          gainSecond: 0.01,
          look: 0.7,
          fresh: 0.3,
          rate: 0.05,
          root: 1.5,
          epsilon: 1e-3,
        },
      });
    }
  }
});

gpuTest("keep-best: better, equal, worse, and after patience has run out", async () => {
  const random = new Random(7);
  const size = 300;
  for (
    const [loss, when, kept] of [[1, 4, 1], [2, 4, 0], [3, 4, 0], [1, 2, 1], [1, 1, 0]] as const
  ) {
    const losses = new Float32Array(8);
    losses[5] = loss;
    const state = new Float32Array(16);
    state.set([2, when], 8);
    const parameters = random.normals(size);
    const results = await compareKernel(keepBest, {
      tensors: {
        losses: { shape: [8], data: losses },
        parameters: { shape: [size], data: parameters },
        state: { shape: [8, 2], data: state },
        kept: { shape: [size], data: new Float32Array(size) },
      },
      params: { epoch: 5, size, patience: 3 },
    });
    assert.deepEqual([...results.state.subarray(10, 12)], kept ? [loss, 5] : [2, when]);
    assert.equal(results.kept[size - 1], kept ? parameters[size - 1] : 0);
  }
});
