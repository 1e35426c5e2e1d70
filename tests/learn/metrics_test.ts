/** Metrics against values worked out by hand, and laws that hold for any predictions. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { areaUnderCurve } from "../../src/learn/metrics/area-under-curve.ts";
import {
  calibrationBins,
  expectedCalibrationError,
  fitTemperature,
  scaleTemperature,
} from "../../src/learn/metrics/calibration.ts";
import { classBalance } from "../../src/learn/metrics/class-balance.ts";
import {
  accuracy,
  balancedAccuracy,
  brierScore,
  classRecalls,
  confusionMatrix,
  negativeLogLikelihood,
  topAccuracy,
} from "../../src/learn/metrics/classification.ts";
import {
  meanAbsoluteError,
  r2Score,
  rootMeanSquaredError,
} from "../../src/learn/metrics/regression.ts";

// Predicted 0, 1, 0 (a tie), 2; true 0, 1, 1, 0.
const probabilities = [0.5, 0.25, 0.25, 0.1, 0.8, 0.1, 0.4, 0.4, 0.2, 0.2, 0.2, 0.6];
const labels = [0, 1, 1, 0];

const close = (actual: number, expected: number, what?: string) =>
  assert.ok(Math.abs(actual - expected) < 1e-12, what ?? `${actual} instead of ${expected}`);

/** Logits and labels of a few samples. */
const predictions = fc.integer({ min: 1, max: 6 }).chain((classes) =>
  fc.array(
    fc.tuple(
      fc.array(fc.double({ min: -8, max: 8, noNaN: true }), {
        minLength: classes,
        maxLength: classes,
      }),
      fc.integer({ min: 0, max: classes - 1 }),
    ),
    { minLength: 1, maxLength: 20 },
  ).map((rows) => ({
    classes,
    logits: rows.flatMap(([row]) => row),
    labels: rows.map(([, label]) => label),
  }))
);

Deno.test("metrics: a small case by hand", () => {
  close(accuracy(probabilities, labels), 0.5);
  close(topAccuracy(probabilities, labels, { top: 2 }), 1, "class 0 of the last row stands second");
  close(topAccuracy(probabilities, labels), 1);
  assert.deepEqual([...confusionMatrix(probabilities, labels)], [1, 0, 1, 1, 1, 0, 0, 0, 0]);
  assert.deepEqual([...classRecalls(probabilities, labels)], [0.5, 0.5, NaN]);
  close(balancedAccuracy(probabilities, labels), 0.5);
  close(
    negativeLogLikelihood(probabilities, labels),
    -(Math.log(0.5) + Math.log(0.8) + Math.log(0.4) + Math.log(0.2)) / 4,
  );
  close(
    brierScore(probabilities, labels),
    (0.25 + 0.0625 + 0.0625 + 0.01 + 0.04 + 0.01 + 0.16 + 0.36 + 0.04 + 0.64 + 0.04 + 0.36) / 4,
  );
  close(negativeLogLikelihood([0, 1], [0]), -Math.log(Number.EPSILON));
});

Deno.test("metrics: balanced accuracy does not follow the majority", () => {
  const always0 = Array.from({ length: 10 }, () => [0.9, 0.1]).flat();
  const rare = [0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
  close(accuracy(always0, rare), 0.9);
  close(balancedAccuracy(always0, rare), 0.5);
});

Deno.test("calibration: intervals include their upper end", () => {
  const bins = calibrationBins([0.5, 0.5, 0.8, 0.2, 1, 0], [1, 0, 0], { bins: 2 });
  assert.deepEqual(bins.map(({ count }) => count), [1, 2]);
  close(bins[0]!.confidence, 0.5);
  close(bins[0]!.accuracy, 0);
  close(bins[1]!.confidence, 0.9);
  close(bins[1]!.accuracy, 1);
  close(
    expectedCalibrationError([0.5, 0.5, 0.8, 0.2, 1, 0], [1, 0, 0], { bins: 2 }),
    (0.5 + 2 * 0.1) / 3,
  );
  assert.equal(calibrationBins([1], [0]).length, 15);
});

Deno.test("calibration: predictions drawn from the model have no error to speak of", () => {
  // 80 of 100 at confidence 0.8.
  const p = Array.from({ length: 100 }, () => [0.8, 0.2]).flat();
  const y = Array.from({ length: 100 }, (_, i) => i < 80 ? 0 : 1);
  close(expectedCalibrationError(p, y), 0);
});

Deno.test("calibration: the temperature that was put in is found", () => {
  // Shares of labels as the softmax of z: at T times z the best temperature is T.
  const z = [Math.log(6), Math.log(3), Math.log(1)];
  const y = [0, 0, 0, 0, 0, 0, 1, 1, 1, 2];
  for (const T of [0.2, 1, 3.5]) {
    const logits = y.flatMap(() => z.map((value) => value * T));
    assert.ok(Math.abs(fitTemperature(logits, y) - T) < 1e-9 * T);
  }
  assert.equal(fitTemperature([5, 0, 0, 5], [0, 1]), 0.01, "separable");
  assert.equal(fitTemperature([5, 0, 0, 5], [1, 0]), 100, "worse than chance");
  assert.equal(fitTemperature([2, 2, 3, 3], [1, 0]), 1, "nothing to choose");
});

Deno.test("calibration: scaling never raises the likelihood's loss and keeps the classes", () => {
  fc.assert(fc.property(predictions, ({ classes, logits, labels }) => {
    const temperature = fitTemperature(logits, labels);
    const before = scaleTemperature(logits, classes);
    const after = scaleTemperature(logits, classes, { temperature });
    const loss = negativeLogLikelihood(after, labels);
    assert.ok(loss <= negativeLogLikelihood(before, labels) + 1e-9);
    for (let at = 0; at < after.length; at += classes) {
      close(after.subarray(at, at + classes).reduce((a, b) => a + b), 1);
    }
  }));
});

Deno.test("metrics: laws that hold for any predictions", () => {
  fc.assert(fc.property(predictions, ({ classes, logits, labels }) => {
    const p = scaleTemperature(logits, classes);
    const counts = confusionMatrix(p, labels);
    assert.equal(counts.reduce((a, b) => a + b), labels.length);
    const trace = counts.filter((_, e) => e % (classes + 1) === 0).reduce((a, b) => a + b);
    close(accuracy(p, labels), trace / labels.length);
    let before = 0;
    for (let top = 1; top <= classes; top++) {
      const share = topAccuracy(p, labels, { top });
      assert.ok(share >= before);
      before = share;
    }
    assert.equal(before, 1);
    const ece = expectedCalibrationError(p, labels);
    assert.ok(ece >= 0 && ece <= 1 + 1e-12);
    const brier = brierScore(p, labels);
    assert.ok(brier >= 0 && brier <= 2);
    assert.ok(negativeLogLikelihood(p, labels) >= -1e-12);
    // The order of the samples does not matter.
    const reversed = Array.from({ length: labels.length }, (_, i) => labels.length - 1 - i);
    const q = reversed.flatMap((i) => [...p.subarray(i * classes, (i + 1) * classes)]);
    const y = reversed.map((i) => labels[i]!);
    for (const metric of [accuracy, balancedAccuracy, brierScore, expectedCalibrationError]) {
      close(metric(q, y), metric(p, labels));
    }
  }));
});

Deno.test("metrics: wrong shapes and labels are named", () => {
  const refuses = (work: () => unknown, message: string) =>
    assert.throws(work, { name: "InputError", message });
  refuses(() => accuracy([], []), "Cannot measure predictions without labels");
  refuses(
    () => accuracy([1, 0, 0], [0, 0]),
    "Cannot measure 3 class scores against 2 labels: each label needs one score for each class",
  );
  refuses(
    () => brierScore([1, 0], [2]),
    "Cannot measure label 2 at position 0: labels are 0 to 1",
  );
  refuses(
    () => topAccuracy([1, 0], [0], { top: 0 }),
    "Cannot count the top 0 classes: it must be a whole number from 1 on",
  );
  refuses(
    () => expectedCalibrationError([1, 0], [0], { bins: 1.5 }),
    "Cannot use 1.5 bins: it must be a whole number from 1 on",
  );
  refuses(
    () => fitTemperature([1, Infinity], [0]),
    "Cannot use logit Infinity at position 1: it must be finite",
  );
  refuses(
    () => scaleTemperature([1, 2], 2, { temperature: 0 }),
    "Cannot scale by temperature 0: it must be positive",
  );
  refuses(
    () => scaleTemperature([1, 2, 3], 2),
    "Cannot scale 3 logits: they are not whole rows of 2 classes",
  );
});

Deno.test("regression metrics: by hand, with one output and with two", () => {
  close(rootMeanSquaredError([1, 2, 3], [1, 4, 1]), Math.sqrt(8 / 3));
  close(meanAbsoluteError([1, 2, 3], [1, 4, 1]), 4 / 3);
  close(r2Score([1, 2, 3], [1, 4, 1]), 1 - 8 / 6);
  close(
    rootMeanSquaredError([1, 10, 2, 20], [1, 13, 4, 16], { outputs: 2 }),
    (Math.sqrt(2) + Math.sqrt(12.5)) / 2,
  );
  assert.equal(r2Score([5, 5], [5, 5]), 1);
  assert.equal(r2Score([5, 6], [5, 5]), 0);
  // No variance of the rounding of a constant is taken for one of the targets.
  assert.equal(r2Score([0.1, 0.1, 0.2], [0.1, 0.1, 0.1]), 0);
  assert.throws(() => r2Score([1], [1, 2]), {
    name: "InputError",
    message:
      "Cannot measure 1 predictions against 2 targets: each target needs one, and at least " +
      "1 is needed",
  });
  assert.throws(() => meanAbsoluteError([1], [1], { outputs: 2 }), {
    name: "InputError",
    message: "Cannot measure 1 values: they are not whole rows of 2 outputs",
  });
});

Deno.test("regression metrics: laws", () => {
  const values = fc.array(
    fc.tuple(
      fc.double({ min: -100, max: 100, noNaN: true }),
      fc.double({ min: -100, max: 100, noNaN: true }),
    ),
    { minLength: 2, maxLength: 20 },
  );
  fc.assert(fc.property(values, (pairs) => {
    const p = pairs.map(([a]) => a);
    const t = pairs.map(([, b]) => b);
    assert.ok(rootMeanSquaredError(p, t) >= meanAbsoluteError(p, t) - 1e-9);
    assert.equal(rootMeanSquaredError(t, t), 0);
    assert.equal(r2Score(t, t), 1);
    assert.ok(r2Score(p, t) <= 1);
  }));
});

Deno.test("class balance: even, skewed, one class, none", () => {
  const even = classBalance([0, 1, 2, 2, 1, 0], 3);
  close(even.entropy, 1);
  assert.deepEqual([even.ratio, even.coverage, even.counts], [1, 1, [2, 2, 2]]);
  const skewed = classBalance([0, 0, 0, 1], 4);
  close(skewed.entropy, -(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25)) / Math.log(4));
  assert.deepEqual([skewed.ratio, skewed.coverage], [3, 0.5]);
  assert.deepEqual(classBalance([1, 1], 2), {
    counts: [0, 2],
    entropy: 0,
    ratio: 1,
    coverage: 0.5,
  });
  assert.equal(classBalance([0], 1).entropy, 1);
  const each = Array.from({ length: 200_000 }, (_, label) => label);
  const { ratio, coverage } = classBalance([...each, 7], 200_000);
  assert.deepEqual([ratio, coverage], [2, 1]);
  assert.deepEqual(classBalance([], 2), { counts: [0, 0], entropy: 0, ratio: 1, coverage: 0 });
  assert.throws(() => classBalance([0, 3], 3), {
    name: "InputError",
    message: "Cannot measure label 3 at position 1: labels are 0 to 2",
  });
  assert.throws(() => classBalance([], 0), {
    name: "InputError",
    message: "Cannot measure the balance of 0 classes: it must be a whole number from 1 on",
  });
});

Deno.test("area under the curve: the mean height over the span", () => {
  close(areaUnderCurve([10, 20, 40], [0.5, 0.7, 0.9]), (10 * 0.6 + 20 * 0.8) / 30);
  assert.equal(areaUnderCurve([10], [0.5]), 0.5);
  close(areaUnderCurve([0, 7, 9], [0.3, 0.3, 0.3]), 0.3);
  const refuses = (counts: number[], scores: number[], message: string) =>
    assert.throws(() => areaUnderCurve(counts, scores), { name: "InputError", message });
  refuses(
    [10, 10],
    [0, 1],
    "Cannot measure a curve with 10 labels after 10: the counts must increase",
  );
  refuses(
    [1],
    [NaN],
    "Cannot measure a curve with score NaN at 1 labels: both must be finite",
  );
  refuses(
    [],
    [],
    "Cannot measure a curve of 0 label counts and 0 scores: each count needs one score, and at " +
      "least 1 is needed",
  );
});
