/** What training refuses, each in one sentence. */

import assert from "node:assert/strict";
import { trainClassifier } from "../../src/head/train-classifier.ts";
import { trainHead } from "../../src/head/train-head.ts";
import type { TrainHeadOptions } from "../../src/head/train-options.ts";
import type { Multilabeled } from "../../src/head/label-matrix.ts";
import type { Labeled, Measured } from "../../src/head/labeled.ts";
import { arrayRows } from "../../src/io/rows.ts";
import { Pool } from "../../src/pool/pool.ts";
import { deviceTest } from "../fixture.ts";

const labeled = { indices: [0, 1, 2], labels: [0, 1, 1] };
const measured = { indices: [0, 1, 2], targets: [0.5, 1, 2] };

const several = { indices: [0, 1, 2], labels: [[0, 1], [1, 1], [0, 0]] };

const refused: [Labeled | Multilabeled | Measured, TrainHeadOptions, string][] = [
  [
    several,
    { task: "classification" },
    "Cannot train a head for classification on a matrix of labels: use the task multilabel",
  ],
  [
    labeled,
    { task: "multilabel" },
    "Cannot train a head for multilabel without a matrix of labels, 0 or 1, a row for each sample " +
    "and a column for each class",
  ],
  [
    { indices: [0, 1] } as never,
    {},
    "Cannot train a head for classification without labels",
  ],
  [several, { task: "regression" }, "Cannot train a head for regression without targets"],
  [
    several,
    { hidden: [3], classWeights: "balanced" },
    "Cannot use classWeights for multilabel: it is for classification",
  ],
  [
    several,
    { classes: 3 },
    "Cannot train for 3 classes on labels of 2: the matrix of labels needs one column for each class",
  ],
  [
    { indices: [0, 1, 2], labels: [[0, 1], [1], [0, 0]] },
    {},
    "Cannot use a matrix of labels: row 1 has 1 columns, and row 0 has 2",
  ],
  [
    { indices: [0, 1, 2], labels: { data: [0, 1, 1, 0, 2, 0], columns: 2 } },
    { hidden: [3] },
    "Cannot use label 2 at row 2, column 0: a matrix of labels has 1 for each class of a sample and " +
    "0 for the others",
  ],
  [
    { indices: [0, 1, 2], labels: { data: [0, 1, 1, 0, 1], columns: 2 } },
    {},
    "Cannot use a matrix of labels with 5 numbers in 2 columns: it needs whole rows of 1 to 1000000 " +
    "columns, one for each class",
  ],
  [
    { indices: [0, 1], labels: [[0, 1], [1, 0], [0, 0]] },
    {},
    "Cannot train on 2 indices with 3 rows of labels: each index needs one row",
  ],
  [
    labeled,
    { learningrate: 1 } as TrainHeadOptions,
    "Unknown option learningrate of trainHead: it has kind, task, classes, hidden, activation, dropout, optimizer, C, tolerance, maxIterations, learningRate, weightDecay, momentum, epochs, batchSize, schedule, clip, classWeights, labelSmoothing, validationShare, patience, seed, signal, onProgress, sliceMilliseconds",
  ],
  [labeled, { kind: "tree" as "mlp" }, "Unknown kind of head tree: use linear or mlp"],
  [
    labeled,
    { task: "ranking" as "regression" },
    "Unknown task ranking: use classification, multilabel or regression",
  ],
  [labeled, { task: "regression" }, "Cannot train a head for regression without targets"],
  [measured, { task: "classification" }, "Cannot train a head for classification without labels"],
  [
    labeled,
    { kind: "linear", hidden: [3] },
    "Cannot train 1 hidden layers: a linear head has none",
  ],
  [labeled, { hidden: [3, 3, 3, 3] }, "Cannot train 4 hidden layers: an mlp has 1 to 3"],
  [labeled, { kind: "mlp", hidden: [] }, "Cannot train 0 hidden layers: an mlp has 1 to 3"],
  [
    labeled,
    { hidden: [2.5, 3] },
    "Cannot train a hidden layer of 2.5 units: at least 1 is needed",
  ],
  [
    labeled,
    { hidden: [3], activation: "tanh" as "relu" },
    "Unknown activation tanh: use relu or " +
    "gelu",
  ],
  [
    labeled,
    { hidden: [3], optimizer: "lbfgs" },
    "Cannot train mlp classification with lbfgs: it " +
    "is for linear classification",
  ],
  [
    measured,
    { optimizer: "lbfgs" },
    "Cannot train linear regression with lbfgs: it is for linear " +
    "classification",
  ],
  [
    labeled,
    { optimizer: "lion" as "adam" },
    "Unknown optimizer lion: use lbfgs, ridge, sgd, adam, " +
    "adamw, radam",
  ],
  [
    labeled,
    { classWeights: "balanced" },
    "Cannot use classWeights with lbfgs: it is for sgd, " +
    "adam, adamw, radam",
  ],
  [
    labeled,
    { hidden: [3], tolerance: 1e-3 },
    "Cannot use tolerance with adamw: it is for lbfgs",
  ],
  [
    measured,
    { maxIterations: 3 },
    "Cannot use maxIterations with ridge: it is for lbfgs",
  ],
  [measured, { C: Infinity }, "Cannot train with C Infinity: it must be a positive number"],
  [labeled, { C: 0 }, "Cannot train with C 0: it must be a positive number"],
  [labeled, { C: 1, optimizer: "adam" }, "Cannot use C with adam: use weightDecay"],
  [
    labeled,
    { hidden: [3], dropout: 1 },
    "Cannot train with dropout 1: it must be from 0 to below 1",
  ],
  [
    labeled,
    { hidden: [3], learningRate: 0 },
    "Cannot train with learningRate 0: it must be a " +
    "positive number",
  ],
  [labeled, { hidden: [3], clip: -1 }, "Cannot train with clip -1: it must be a positive number"],
  [
    labeled,
    { hidden: [3], weightDecay: NaN },
    "Cannot train with weightDecay NaN: it must be 0 or " +
    "more",
  ],
  [
    labeled,
    { hidden: [3], epochs: 0 },
    "Cannot train with epochs 0: it must be a whole number from " +
    "1 on",
  ],
  [labeled, { hidden: [3], seed: 0.5 }, "Cannot train with seed 0.5: it must be a whole number"],
  [
    labeled,
    { hidden: [3], classWeights: [1] },
    "Cannot weigh 2 classes with 1 weights: each class " +
    "needs one",
  ],
  [
    labeled,
    { hidden: [3], classWeights: [1, 0] },
    "Cannot weigh class 1 with 0: weights are " +
    "positive numbers",
  ],
  [
    measured,
    { hidden: [3], labelSmoothing: 0.1 },
    "Cannot use labelSmoothing for regression: it is " +
    "for classification",
  ],
  [
    { indices: [0, 5], labels: [0, 1] },
    { hidden: [3] },
    "Cannot train on index 5 at position 1: the " +
    "pool's indices are 0 to 2",
  ],
  [{ indices: [], targets: [] }, {}, "Cannot train on no labels: at least 1 is needed"],
  [
    { indices: [0, 1], targets: [1, 2, 3] },
    {},
    "Cannot train on 2 indices with 3 targets: each " +
    "index needs as many",
  ],
  [
    { indices: [0, 1], targets: [1, NaN] },
    {},
    "Cannot train on target NaN at position 1: it must " +
    "be a finite float32 number",
  ],
  [
    { indices: [0], labels: [0] },
    { hidden: [3], validationShare: 0.5 },
    "Cannot hold out a share of " +
    "0.5 of 1 samples: some must be held out, and some left",
  ],
];

deviceTest("training refuses what it cannot do, and says why", async (device) => {
  using pool = await Pool.from(device, arrayRows("features", [[1, 2], [3, 4], [5, 6]]));
  for (const [samples, options, message] of refused) {
    await assert.rejects(trainHead(pool, samples, options), { name: "InputError", message });
  }
});

deviceTest("training that diverges is refused", async (device) => {
  using pool = await Pool.from(device, arrayRows("features", [[1e3], [2e3], [-1e3]]));
  await assert.rejects(
    trainHead(pool, measured, { optimizer: "sgd", learningRate: 1e3, epochs: 60 }),
    {
      name: "InputError",
      message:
        "Cannot train with learningRate 1000: the loss is not finite after 60 epochs, and a " +
        "smaller rate is needed",
    },
  );
});

deviceTest("trainClassifier: options that only trainHead has are refused", async (device) => {
  using pool = await Pool.from(device, arrayRows("features", [[0], [1], [2]]));
  for (const name of ["seed", "epochs", "kind"]) {
    await assert.rejects(() => trainClassifier(pool, labeled, { [name]: 1 }), {
      name: "InputError",
      message: `Unknown option ${name} of trainClassifier: it has classes, C, tolerance, ` +
        "maxIterations, signal, onProgress, sliceMilliseconds",
    });
  }
});
