import assert from "node:assert/strict";
import type { Device } from "../../../../src/device/device.ts";
import type { Tensor } from "../../../../src/device/tensor.ts";
import { factorShape, FisherFactors } from "../../../../src/select/bait/fisher/factors.ts";
import { type Fisher, FISHERS } from "../../../../src/select/strategy/bait-report.ts";
import { computeForms, formSteps } from "../../../../src/select/bait/fisher/forms.ts";
import {
  addInformation,
  informationSteps,
} from "../../../../src/select/bait/fisher/information.ts";
import { computeMemberForms } from "../../../../src/select/bait/fisher/member-forms.ts";
import { arrayRows } from "../../../../src/io/rows.ts";
import { PICKED } from "../../../../src/kernels/bait/pick.ts";
import { Pool, type PoolOptions } from "../../../../src/pool/pool.ts";
import { logitsPredictor, probsPredictor } from "../../../../src/pool/predictions.ts";
import { assertClose, deviceTest, numbers, Random, withLimits } from "../../../fixture.ts";
import { positiveDefinite, product } from "../../../linalg/plain.ts";
import { literalA, literalForm, literalInformation, literalV, type Matrix } from "./literal.ts";

/** A pool, the factors of its samples, and the same V literally. */
interface Case extends Disposable {
  readonly pool: Pool;
  readonly factors: FisherFactors;
  readonly literal: readonly Matrix[];
}

interface CaseOptions extends PoolOptions {
  fisher: Fisher;
  rows?: number;
  columns?: number;
  classes?: number;
  topClasses?: number;
  scale?: never;
  factor?: number;
  seed?: number;
}

/** Random samples; their pool has two blocks of up to three segments if it is large enough. */
async function caseOf(device: Device, options: CaseOptions): Promise<Case> {
  const { fisher, rows = 37, columns = 5, classes = 3, topClasses = 2, storage } = options;
  const { factor = 1, seed = 1 } = options;
  const random = new Random(seed);
  const features = random.normals(rows * columns);
  const logits = random.normals(rows * classes, 1.5);
  // Equal logits: equal classes have an order as well.
  logits.fill(0.5, 0, classes);
  const rowBytes = Math.ceil(columns / 8) * 8 * (storage === "f16" ? 2 : 4);
  const small = withLimits(device, { bindingBytes: 768 * rowBytes });
  const pool = await Pool.from(small, arrayRows("features", features, columns), { storage });
  const factors = await FisherFactors.from(pool, {
    fisher,
    topClasses,
    scale: factor,
    predictor: fisher === "regression"
      ? undefined
      : logitsPredictor(arrayRows("logits", logits, classes)),
    segmentRows: 256,
  });
  const literal = Array.from({ length: rows }, (_, i) => {
    const exps = Array.from(logits.subarray(i * classes, (i + 1) * classes), Math.exp);
    const sum = exps.reduce((a, b) => a + b);
    const a = literalA(fisher, exps.map((value) => value / sum), topClasses, factor);
    const x = new Float64Array(pool.stride);
    x.set(
      storage === "f16"
        ? Float16Array.from(features.subarray(i * columns, (i + 1) * columns))
        : features.subarray(i * columns, (i + 1) * columns),
    );
    return literalV(x, a);
  });
  return {
    pool,
    factors,
    literal,
    [Symbol.dispose]() {
      factors[Symbol.dispose]();
      pool[Symbol.dispose]();
    },
  };
}

/** The forms, ranks and class counts that are compared with the literal V. */
const forms: readonly CaseOptions[] = [
  { fisher: "regression" },
  { fisher: "binary" },
  { fisher: "exp", topClasses: 1 },
  { fisher: "exp", topClasses: 2 },
  { fisher: "exp", classes: 7, topClasses: 5, columns: 9 },
  { fisher: "exp", classes: 2, topClasses: 9 },
  { fisher: "full" },
  { fisher: "full", classes: 11, columns: 3 },
  { fisher: "full", classes: 1 },
  { fisher: "exp", rows: 1, classes: 4 },
];

const noStep = () => Promise.resolve();
const close = (device: Device) =>
  device.kind === "cpu" ? { absolute: 1e-10 } : { absolute: 5e-5, relative: 2e-5 };

deviceTest("information: the mean of V V^T, for every form", async (device) => {
  for (const options of forms) {
    using c = await caseOf(device, options);
    const { D } = c.factors;
    assert.equal(D, c.literal[0]!.rows);
    assert.equal(c.factors.rank, c.literal[0]!.columns);
    using matrix = device.tensor("F", [D, D]);
    let steps = 0;
    const step = () => Promise.resolve(void steps++);
    await addInformation(c.factors, matrix, 1 / c.pool.rows, step);
    assert.equal(steps, informationSteps(c.factors));
    const expected = literalInformation(c.literal).map((value) => value / c.pool.rows);
    const what = JSON.stringify(options);
    assertClose(await numbers(device, matrix), expected, close(device), what, [D, D]);
  }
});

deviceTest(
  "information: of a pool of several blocks and segments, in both storages",
  async (device) => {
    for (const storage of ["f32", "f16"] as const) {
      for (const fisher of ["binary", "exp"] as const) {
        using c = await caseOf(device, { fisher, rows: 1003, storage });
        assert.equal(c.pool.blocks.length, 2);
        assert.deepEqual(c.factors.segments.map(({ rows }) => rows), [256, 256, 256, 235]);
        const { D } = c.factors;
        // It is added to what is there.
        const before = positiveDefinite(new Random(9), D);
        const block = withBlockSymmetry(before, c.factors.classes, c.pool.stride);
        using matrix = device.tensor("M", [D, D], "real", block);
        await addInformation(c.factors, matrix, -0.01, noStep);
        const sum = literalInformation(c.literal);
        const expected = sum.map((value, e) => block[e]! - 0.01 * value);
        assertClose(await numbers(device, matrix), expected, close(device), fisher, [D, D]);
      }
    }
  },
);

/** Makes the class blocks of a symmetric matrix symmetric themselves, as information is. */
function withBlockSymmetry(matrix: ArrayLike<number>, classes: number, d: number): Float32Array {
  const D = classes * d;
  return Float32Array.from({ length: D * D }, (_, e) => {
    const [i, j] = [Math.floor(e / D), e % D];
    const [k, l] = [Math.floor(i / d), Math.floor(j / d)];
    const mirrored = (k * d + j % d) * D + l * d + i % d;
    return (matrix[e]! + matrix[mirrored]!) / 2;
  });
}

/** The forms of every sample with a matrix, G or H; those that were picked are left at 7. */
async function formsOf(
  factors: FisherFactors,
  matrix: Tensor,
  part: "G" | "H",
  picked: readonly number[] = [],
): Promise<{ values: number[][]; steps: number }> {
  const { pool: { device }, rank } = factors;
  const triangle = rank * (rank + 1) / 2;
  const tensors = factors.segments.map(({ rows }) =>
    device.tensor("forms", [rows, 2 * triangle], "real", new Array(rows * 2 * triangle).fill(7))
  );
  let steps = 0;
  const step = () => Promise.resolve(void steps++);
  using scores = device.tensor("scores", [factors.pool.rows]);
  for (const i of picked) device.write(scores, [PICKED], i);
  await computeForms(factors, matrix, part, tensors, scores, step);
  const values: number[][] = [];
  for (const tensor of tensors) {
    const all = await numbers(device, tensor);
    for (let at = 0; at < all.length; at += 2 * triangle) {
      const [g, h] = [all.slice(at, at + triangle), all.slice(at + triangle, at + 2 * triangle)];
      values.push(part === "G" ? g : h);
      assert.ok((part === "G" ? h : g).every((value) => value === 7), "the other part stays");
    }
    tensor[Symbol.dispose]();
  }
  return { values, steps };
}

deviceTest("forms: V^T M V of every sample, for every form of the information", async (device) => {
  for (const [place, options] of forms.entries()) {
    using c = await caseOf(device, options);
    const { D } = c.factors;
    const data = positiveDefinite(new Random(place), D);
    using matrix = device.tensor("M", [D, D], "real", data);
    const { values, steps } = await formsOf(c.factors, matrix, place % 2 ? "H" : "G");
    assert.equal(steps, formSteps(c.factors));
    const expected = c.literal.map((v) => literalForm(v, data));
    const what = JSON.stringify(options);
    assertClose(values.flat(), expected.flat(), close(device), what);
  }
});

deviceTest("forms: of a pool of several blocks and segments, in both storages", async (device) => {
  for (const storage of ["f32", "f16"] as const) {
    using c = await caseOf(device, { fisher: "exp", rows: 1003, storage });
    const data = positiveDefinite(new Random(2), c.factors.D);
    using matrix = device.tensor("M", [c.factors.D, c.factors.D], "real", data);
    for (const part of ["G", "H"] as const) {
      const { values } = await formsOf(c.factors, matrix, part);
      const expected = c.literal.map((v) => literalForm(v, data));
      assertClose(values.flat(), expected.flat(), close(device));
    }
  }
});

deviceTest(
  "forms: in pieces where the scratch of a whole segment would be too large",
  async (device) => {
    // 33 classes take 5.4 kB of scratch a sample: 32 MiB are full after 6,199.
    const [rows, classes, d] = [6301, 33, 8];
    const random = new Random(7);
    const x = random.normals(rows * d);
    const p = random.probabilities(rows, classes);
    using pool = await Pool.from(device, arrayRows("features", x, d));
    using factors = await FisherFactors.from(pool, {
      fisher: "exp",
      topClasses: 1,
      scale: 1,
      predictor: probsPredictor(arrayRows("probs", p, classes)),
      segmentRows: 1e6,
    });
    assert.ok(formSteps(factors) > classes);
    const data = positiveDefinite(random, factors.D);
    using matrix = device.tensor("M", [factors.D, factors.D], "real", data);
    const { values, steps } = await formsOf(factors, matrix, "G");
    assert.equal(steps, formSteps(factors));
    for (const i of [0, 6198, 6199, 6200, 6300]) {
      const a = literalA("exp", Array.from(p.subarray(i * classes, (i + 1) * classes)), 1);
      const v = literalV(x.subarray(i * d, (i + 1) * d), a);
      assertClose(values[i]!, literalForm(v, data), close(device), `sample ${i}`);
    }
  },
);

deviceTest("forms: those of samples that were picked stay as they are", async (device) => {
  using c = await caseOf(device, { fisher: "exp", rows: 601 });
  const { D } = c.factors;
  const data = positiveDefinite(new Random(6), D);
  using matrix = device.tensor("M", [D, D], "real", data);
  const picked = [0, 255, 256, 600];
  const { values } = await formsOf(c.factors, matrix, "H", picked);
  const expected = c.literal.map((v, i) => picked.includes(i) ? [7, 7, 7] : literalForm(v, data));
  assertClose(values.flat(), expected.flat(), close(device));
});

deviceTest("forms: the scale of V enters squared", async (device) => {
  using plain = await caseOf(device, { fisher: "full" });
  using scaled = await caseOf(device, { fisher: "full", factor: 0.5 });
  const { D } = plain.factors;
  using matrix = device.tensor("M", [D, D], "real", positiveDefinite(new Random(3), D));
  const expected = (await formsOf(plain.factors, matrix, "G")).values.flat();
  const actual = (await formsOf(scaled.factors, matrix, "G")).values.flat();
  assertClose(actual, expected.map((value) => value / 4), { relative: 1e-6, absolute: 1e-7 });
});

deviceTest("information: exp with every class is full", async (device) => {
  const matrices: number[][] = [];
  for (const options of [{ fisher: "full" }, { fisher: "exp", topClasses: 4 }] as const) {
    using c = await caseOf(device, { ...options, classes: 4 });
    using matrix = device.tensor("F", [c.factors.D, c.factors.D]);
    await addInformation(c.factors, matrix, 1, noStep);
    matrices.push(await numbers(device, matrix));
  }
  assert.deepEqual(matrices[0], matrices[1]);
});

deviceTest("information: full is x x^T times the covariance of the label", async (device) => {
  const [classes, stride] = [4, 8];
  const x = Float32Array.of(1, -2, 0.5, 3, -1);
  const p = Float32Array.of(0.5, 0.125, 0.25, 0.125);
  using pool = await Pool.from(device, arrayRows("features", x, 5));
  using factors = await FisherFactors.from(pool, {
    fisher: "full",
    topClasses: 2,
    scale: 1,
    predictor: probsPredictor(arrayRows("probs", p, classes)),
    segmentRows: 256,
  });
  const D = classes * stride;
  using matrix = device.tensor("F", [D, D]);
  await addInformation(factors, matrix, 1, noStep);
  const expected = Float64Array.from({ length: D * D }, (_, e) => {
    const [i, j] = [Math.floor(e / D), e % D];
    const [k, l] = [Math.floor(i / stride), Math.floor(j / stride)];
    const covariance = (k === l ? p[k]! : 0) - p[k]! * p[l]!;
    return covariance * (x[i % stride] ?? 0) * (x[j % stride] ?? 0);
  });
  assertClose(await numbers(device, matrix), expected, { absolute: 1e-6 }, "F", [D, D]);
});

deviceTest(
  "factors: binary has one column whatever the classes, with weight sqrt(m (1 - m))",
  async (device) => {
    for (const classes of [1, 2, 10]) {
      using c = await caseOf(device, { fisher: "binary", classes });
      const { factors } = c;
      assert.deepEqual([factors.classes, factors.rank, factors.D], [1, 1, c.pool.stride]);
      const [segment] = factors.segments;
      assert.deepEqual(segment!.weights.shape, [37, 1]);
      // One class is certain.
      if (classes === 1) {
        assert.deepEqual(await numbers(device, segment!.weights), new Array(37).fill(0));
      }
      // The first sample cannot tell its classes apart.
      const m = 1 / classes;
      assertClose(await numbers(device, segment!.weights, 0, 1), [Math.sqrt(m * (1 - m))]);
    }
  },
);

deviceTest(
  "factors: of chosen samples, from anywhere in the pool and in their order",
  async (device) => {
    for (const options of [{ fisher: "exp" }, { fisher: "binary", storage: "f16" }] as const) {
      using c = await caseOf(device, { ...options, rows: 1003 });
      const chosen = [1002, 0, 255, 256, 767, 768, 5, 500];
      using index = device.tensor("index", [chosen.length], "u32", chosen);
      for (const count of [1, chosen.length]) {
        using gathered = c.factors.gather(index, count);
        assert.equal(gathered.pool.rows, count);
        const { D } = gathered;
        const data = positiveDefinite(new Random(4), D);
        using matrix = device.tensor("M", [D, D], "real", data);
        const { values } = await formsOf(gathered, matrix, "G");
        const literal = chosen.slice(0, count).map((i) => c.literal[i]!);
        const expected = literal.map((v) => literalForm(v, data));
        assertClose(values.flat(), expected.flat(), close(device));
        using sum = device.tensor("I", [D, D]);
        await addInformation(gathered, sum, 1, noStep);
        const information = literalInformation(literal);
        assertClose(await numbers(device, sum), information, close(device), "I", [D, D]);
      }
    }
  },
);

deviceTest("factors: a gathered pool of several blocks", async (device) => {
  using c = await caseOf(device, { fisher: "exp", rows: 1003 });
  const chosen = new Random(5).distinct(900, 1003);
  using index = device.tensor("index", [900], "u32", chosen);
  using gathered = c.factors.gather(index, 900);
  assert.deepEqual(gathered.segments.map(({ rows }) => rows), [256, 256, 256, 132]);
  const { D } = gathered;
  using sum = device.tensor("I", [D, D]);
  await addInformation(gathered, sum, 0.01, noStep);
  const expected = literalInformation(chosen.map((i) => c.literal[i]!)).map((v) => 0.01 * v);
  assertClose(await numbers(device, sum), expected, close(device), "I", [D, D]);
});

deviceTest("factors: without class probabilities the message says what to give", async (device) => {
  using pool = await Pool.from(device, arrayRows("features", new Float32Array(6), 2));
  for (const fisher of FISHERS.filter((fisher) => fisher !== "regression")) {
    const options = { fisher, topClasses: 2, scale: 1, predictor: undefined, segmentRows: 256 };
    await assert.rejects(FisherFactors.from(pool, options), {
      name: "InputError",
      message:
        `Cannot compute the ${fisher} Fisher information without class probabilities: give ` +
        "logits, probabilities or labels, or use fisher regression",
    });
  }
});

deviceTest("factors: a prediction that fails leaves nothing behind", async (device) => {
  const rows = Array.from({ length: 700 }, (_, i) => i === 600 ? [0.5, 0.75] : [0.5, 0.5]);
  using pool = await Pool.from(device, arrayRows("features", new Float32Array(1400), 2));
  for (const fisher of ["full", "exp", "binary"] as const) {
    const { count } = device.memory;
    const predictor = probsPredictor(arrayRows("probs", rows));
    const options = { fisher, topClasses: 2, scale: 1, predictor, segmentRows: 256 };
    await assert.rejects(FisherFactors.from(pool, options), {
      name: "InputError",
      message: /^Cannot use probs: row 600 sums to 1.25000/,
    });
    assert.equal(device.memory.count, count);
  }
});

Deno.test("factorShape: the classes and the rank of every form", () => {
  assert.deepEqual(factorShape("full", 10, 2), { classes: 10, rank: 10 });
  assert.deepEqual(factorShape("exp", 10, 3), { classes: 10, rank: 3 });
  assert.deepEqual(factorShape("exp", 2, 3), { classes: 2, rank: 2 });
  assert.deepEqual(factorShape("binary", 10, 3), { classes: 1, rank: 1 });
  assert.deepEqual(factorShape("regression", 1, 3), { classes: 1, rank: 1 });
});

deviceTest(
  "forms: H of members is V^T M^-1 F M^-1 V, and their other form stays",
  async (device) => {
    for (const [place, options] of forms.entries()) {
      using c = await caseOf(device, { ...options, rows: 300 });
      const { factors } = c;
      const { D, rank } = factors;
      const triangle = rank * (rank + 1) / 2;
      const [m, f] = [0, 1].map((seed) => positiveDefinite(new Random(2 * place + seed), D));
      using inverse = device.tensor("inverse of M", [D, D], "real", m!);
      using information = device.tensor("F", [D, D], "real", f!);
      const tensors = factors.segments.map(({ rows }) =>
        device.tensor(
          "forms",
          [rows, 2 * triangle],
          "real",
          new Float64Array(rows * 2 * triangle).fill(7),
        )
      );
      await computeMemberForms(factors, inverse, information, tensors, () => Promise.resolve());
      const middle = product(product(m!, f!, D, D, D), m!, D, D, D);
      let sample = 0;
      for (const tensor of tensors) {
        const all = await numbers(device, tensor);
        tensor[Symbol.dispose]();
        for (let at = 0; at < all.length; at += 2 * triangle) {
          assert.ok(all.slice(at, at + triangle).every((value) => value === 7));
          const expected = literalForm(c.literal[sample++]!, middle);
          assertClose(all.slice(at + triangle, at + 2 * triangle), expected, close(device));
        }
      }
    }
  },
);
