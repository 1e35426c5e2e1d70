/** Metrics of several labels a sample: by hand, as by scikit-learn, and laws. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { accuracy } from "../../src/learn/metrics/classification.ts";
import {
  averagePrecisions,
  hammingLoss,
  macroF1,
  meanAveragePrecision,
  microF1,
  subsetAccuracy,
} from "../../src/learn/metrics/multilabel.ts";

const close = (actual: number, expected: number, what = "") =>
  assert.ok(Math.abs(actual - expected) < 1e-12, `${what} ${actual} instead of ${expected}`);

// Predicted {0, 2}, {1}, {}, {0, 1, 2}; true {0}, {1, 2}, {}, {0, 1, 2}; no sample has class 3.
const classes = 4;
const probabilities = [
  ...[0.9, 0.2, 0.6, 0.1],
  ...[0.3, 0.5, 0.4, 0.2],
  ...[0.1, 0.4, 0.3, 0.3],
  ...[0.7, 0.8, 0.9, 0.4],
];
const labels = [1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 0];

Deno.test("multi-label metrics: a small case by hand", () => {
  close(hammingLoss(probabilities, labels, { classes }), 2 / 16);
  close(subsetAccuracy(probabilities, labels, { classes }), 2 / 4);
  // 5 right of 6 predicted and 6 present.
  close(microF1(probabilities, labels, { classes }), 10 / 12);
  close(macroF1(probabilities, labels, { classes }), (1 + 1 + 2 / 4 + 0) / 4);
  // Class 2 in order .9 (right), .6, .4 (right), .3.
  assert.deepEqual([...averagePrecisions(probabilities, labels, { classes })], [
    ...[1, 1, (1 + 2 / 3) / 2, NaN],
  ]);
  close(meanAveragePrecision(probabilities, labels, { classes }), (2 + 5 / 6) / 3);
  close(hammingLoss(probabilities, labels, { classes, threshold: 0.65 }), 2 / 16);
  close(microF1([0.1, 0.2], [0, 0], { classes: 2 }), 0, "nothing present, nothing predicted");
});

Deno.test("average precision: the example of scikit-learn's manual, and ties at once", () => {
  // average_precision_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) is 0.83 in its documentation.
  const [ap] = averagePrecisions([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1], { classes: 1 });
  close(ap!, 0.5 + 0.5 * 2 / 3);
  // Equal scores have one threshold: the precision of all samples, in any order.
  for (const tied of [[1, 0, 0, 1, 0], [0, 0, 0, 1, 1]]) {
    close(averagePrecisions([3, 3, 3, 3, 3], tied, { classes: 1 })[0]!, 2 / 5);
  }
});

/** The definitions of F1 and average precision, written as the textbook has them. */
function literal(scores: number[][], truth: number[][]) {
  const of = (k: number) => ({ p: scores.map((row) => row[k]!), y: truth.map((row) => row[k]!) });
  const all = truth[0]!.map((_, k) => of(k));
  const f1 = (p: number[], y: number[]) => {
    const tp = y.filter((v, i) => v === 1 && p[i]! >= 0.5).length;
    const fp = y.filter((v, i) => v === 0 && p[i]! >= 0.5).length;
    const fn = y.filter((v, i) => v === 1 && p[i]! < 0.5).length;
    if (tp === 0) return 0;
    const [precision, recall] = [tp / (tp + fp), tp / (tp + fn)];
    return 2 * precision * recall / (precision + recall);
  };
  const ap = (p: number[], y: number[]) => {
    const positives = y.reduce((sum, v) => sum + v, 0);
    const thresholds = [...new Set(p)].sort((a, b) => b - a);
    let [sum, last] = [0, 0];
    for (const t of thresholds) {
      const above = y.filter((_, i) => p[i]! >= t);
      const recall = above.reduce((s, v) => s + v, 0) / positives;
      sum += (recall - last) * above.reduce((s, v) => s + v, 0) / above.length;
      last = recall;
    }
    return sum;
  };
  return {
    macro: all.reduce((sum, { p, y }) => sum + f1(p, y), 0) / all.length,
    micro: f1(scores.flat(), truth.flat()),
    aps: all.map(({ p, y }) => ap(p, y)),
  };
}

const predictions = fc.integer({ min: 1, max: 5 }).chain((width) =>
  fc.array(
    fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 1 })), {
      minLength: width,
      maxLength: width,
    }),
    { minLength: 1, maxLength: 12 },
  )
);

Deno.test("multi-label metrics: as the definitions, for any predictions", () => {
  fc.assert(fc.property(predictions, (rows) => {
    const scores = rows.map((row) => row.map(([p]) => p / 6));
    const truth = rows.map((row) => row.map(([, y]) => y));
    const options = { classes: rows[0]!.length };
    const expected = literal(scores, truth);
    close(microF1(scores.flat(), truth.flat(), options), expected.micro, "micro");
    close(macroF1(scores.flat(), truth.flat(), options), expected.macro, "macro");
    const aps = averagePrecisions(scores.flat(), truth.flat(), options);
    expected.aps.forEach((ap, k) =>
      Number.isNaN(ap) ? assert.ok(Number.isNaN(aps[k]!)) : close(aps[k]!, ap, "AP")
    );
    // A sample is right as a whole at most as often as its labels are on average.
    const hamming = hammingLoss(scores.flat(), truth.flat(), options);
    assert.ok(subsetAccuracy(scores.flat(), truth.flat(), options) <= 1 - hamming + 1e-12);
    if (options.classes === 1) {
      const two = scores.flatMap(([p]) => [1 - p!, p! + 1e-9]);
      close(accuracy(two, truth.flat()), 1 - hamming, "one class is a choice of two");
    }
  }));
});

Deno.test("multi-label metrics: bad input in one sentence", () => {
  assert.throws(() => microF1([0.5, 0.5], [1], { classes: 1 }), {
    name: "InputError",
    message: "Cannot measure 2 class scores against 1 labels of 1 classes: each sample needs one " +
      "score and one label for each class",
  });
  assert.throws(() => meanAveragePrecision([0.5, 0.5], [1, 2], { classes: 1 }), {
    message:
      "Cannot measure label 2 of sample 1, class 0: it is 1 for each class of a sample and " +
      "0 for the others",
  });
  assert.throws(() => hammingLoss([], [], { classes: 0 }), {
    message: "Cannot measure 0 classes: it must be a whole number from 1 on",
  });
});
