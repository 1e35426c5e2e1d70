/** What `creel select` refuses: the files, the calls, and the sentence that says why. */

import { encodeNpy } from "../../src/io/numpy/npy.ts";
import { encodeNpz } from "../../src/io/numpy/npz.ts";
import { rawNpy } from "../io/fixtures.ts";
import { STRATEGIES } from "../../src/select/strategy/names.ts";
import { numpyBytes } from "../io/numpy_files.ts";
import type { Files } from "./creel.ts";

const i32 = (...values: number[]) => encodeNpy(Int32Array.from(values), [values.length]);
const f32 = (rows: number, columns: number, ...changes: [at: number, value: number][]) => {
  const values = Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i + 1));
  for (const [at, value] of changes) values[at] = value;
  return encodeNpy(values, [rows, columns]);
};
const text = (...lines: string[]) => lines.join("\n") + "\n";
const pool = f32(6, 3);
const npz = encodeNpz({ features: { data: new Float32Array(6), shape: [3, 2] } });

/** The files. `pool.npy` is a good one, with 6 rows of 3. */
export const files: Files = {
  "pool.npy": pool,
  "truncated.npy": pool.subarray(0, pool.length - 4),
  "header.npy": pool.subarray(0, 40),
  "stub.npy": pool.subarray(0, 8),
  "magic.npy": text("1,2,3"),
  "magic.npz": pool,
  "magic.parquet": pool,
  "truncated.npz": npz.subarray(0, 90),
  "nameless.npz": encodeNpz({ x: { data: new Float32Array(6), shape: [3, 2] } }),
  "pickled.npy": numpyBytes("object"),
  "pickle.npy": Uint8Array.of(0x80, 0x04, 0x95, 0, 0, 0, 0, 0, 0, 0, 0, 0x5d, 0x94, 0x2e),
  "object.npy": rawNpy("{'descr': '|O', 'fortran_order': False, 'shape': (2, 3), }\n"),
  "strings.npy": numpyBytes("strings"),
  "vector.npy": encodeNpy(new Float32Array(6), [6]),
  "cube.npy": encodeNpy(new Float32Array(6), [1, 2, 3]),
  "empty.npy": encodeNpy(new Float32Array(), [0, 3]),
  "narrow.npy": encodeNpy(new Float32Array(), [3, 0]),
  "empty.csv": "",
  "headings.csv": text("a,b"),
  "ragged.csv": text("1,2,3", "4,5,6", "7,8"),
  "words.csv": text("a,b", "1,2", "3,four"),
  "nan.csv": text("1,2", "3,nan"),
  "nan.npy": f32(6, 3, [7, NaN]),
  "infinite.npy": f32(6, 3, [17, -Infinity]),
  "huge.npy": encodeNpy(Float64Array.of(1, 2, 3, 1e300), [2, 2]),
  "big.npy": f32(6, 3, [4, 70000]),
  "pool.txt": text("1,2"),
  "logits5.npy": f32(5, 4),
  "logits.npy": f32(6, 4),
  "nanlogits.npy": f32(6, 4, [9, NaN]),
  "probs.npy": encodeNpy(new Float32Array(12).fill(0.3), [6, 2]),
  "labels5.npy": i32(0, 1, 0, 1, 0),
  "labels-2.npy": i32(0, 1, -2, 0, 0, 0),
  "labels.npy": i32(0, 1, 0, 1, 0, -1),
  "complete.npy": i32(0, 1, 0, 1, 0, 1),
  "identifiers.npy": i32(0, 1, 0, 2_000_000_000, 0, -1),
  "halves.npy": encodeNpy(Float32Array.of(0, 1, 0.5, 1, 0, 1), [6]),
  "labeled.npy": i32(0, 1, 2),
  "all.npy": i32(0, 1, 2, 3, 4, 5),
  "repeated.npy": i32(0, 4, 4),
  "outside.npy": i32(0, 6),
  "negative.npy": i32(0, -1),
  "mask.npy": rawNpy("{'descr': '|b1', 'fortran_order': False, 'shape': (5,), }\n", undefined, 5),
  "picks.txt": "mine\n",
};

/** Arguments after `select` (@ is the folder), and the sentence. */
export type BadCall = readonly [args: string, sentence: string];

const formats = "and .npy, .npz, .safetensors, .csv, .tsv, .parquet and .idx (also with .gz) are " +
  "allowed";
const types = "bool, integers of 8 to 64 bits and floats of 16 to 64 bits";
const pickled = "it holds pickled Python objects, and only plain numbers can be read";
const notNpy = "it is not an .npy file, its first bytes are wrong";

/** Calls whose pool cannot be used. */
export const badPools: readonly BadCall[] = [
  ["@missing.npy", "Cannot read @missing.npy: it does not exist"],
  [
    "@truncated.npy",
    "Cannot read @truncated.npy: truncated, 196 bytes found and 200 needed",
  ],
  ["@header.npy", "Cannot read @header.npy: truncated, 40 bytes found and 128 needed"],
  ["@stub.npy", "Cannot read @stub.npy: truncated, 8 bytes found and 10 needed"],
  [
    "@truncated.npz",
    "Cannot read @truncated.npz: truncated, its 90 bytes end without a zip directory",
  ],
  ["@magic.npy", `Cannot read @magic.npy: ${notNpy}`],
  ["@magic.npz", "Cannot read @magic.npz: it is not a zip file"],
  [
    "@magic.parquet",
    "Cannot read @magic.parquet: it is not a parquet file, its first bytes are wrong",
  ],
  ["@nameless.npz", "Cannot find features in @nameless.npz: its arrays are x"],
  ["@pickled.npy", `Cannot read @pickled.npy: ${pickled}`],
  ["@pickle.npy", `Cannot read @pickle.npy: ${notNpy}`],
  ["@object.npy", `Cannot read @object.npy: ${pickled}`],
  ["@strings.npy", `Cannot read @strings.npy: its type is '<U3', and only ${types} can be read`],
  [
    "@vector.npy",
    "Cannot use features in @vector.npy: its shape is [6], and it must be [n, d]",
  ],
  [
    "@cube.npy",
    "Cannot use features in @cube.npy: its shape is [1, 2, 3], and it must be [n, d]",
  ],
  ["@empty.npy", "Cannot use features in @empty.npy: it has no rows"],
  ["@narrow.npy", "Cannot use features in @narrow.npy: it has no columns"],
  ["@empty.csv", "Cannot read @empty.csv: it is empty"],
  ["@headings.csv", "Cannot use features in @headings.csv: it has no rows"],
  ["@ragged.csv", "Cannot read @ragged.csv: line 3 has 2 cells, and line 1 has 3"],
  ["@words.csv", "Cannot read @words.csv: 'four' at line 3, column 2 is not a finite number"],
  ["@nan.csv", "Cannot read @nan.csv: 'nan' at line 2, column 2 is not a finite number"],
  ["@nan.npy", "Cannot use features in @nan.npy: NaN at row 2, column 1"],
  ["@infinite.npy", "Cannot use features in @infinite.npy: -infinity at row 5, column 2"],
  [
    "@huge.npy",
    "Cannot use features in @huge.npy: 1e+300, too large for float32, at row 1, column 1",
  ],
  [
    "@big.npy --storage f16",
    "Cannot store features in @big.npy as f16: 70000 at row 1, column 1 is above 65504",
  ],
  ["@pool.txt", `Cannot read @pool.txt: its extension is .txt, ${formats}`],
];

/** Calls where what is known about the pool cannot be used. */
export const badKnowledge: readonly BadCall[] = [
  [
    "@pool.npy --logits @logits5.npy",
    "Cannot use logits in @logits5.npy: it has 5 rows, and the features have 6",
  ],
  [
    "@pool.npy --logits @nanlogits.npy",
    "Cannot use logits in @nanlogits.npy: NaN at row 2, column 1",
  ],
  [
    "@pool.npy --logits @vector.npy",
    "Cannot use logits in @vector.npy: its shape is [6], and it must be [n, K]",
  ],
  ["@pool.npy --logits @missing.npy", "Cannot read @missing.npy: it does not exist"],
  [
    "@pool.npy --probs @logits5.npy",
    "Cannot use probs in @logits5.npy: it has 5 rows, and the features have 6",
  ],
  [
    "@pool.npy --probs @probs.npy",
    "Cannot use probs in @probs.npy: row 0 sums to 0.600000, and probabilities sum to 1 " +
    "(are these logits?)",
  ],
  [
    "@pool.npy --probs @probs.npy --logits @logits.npy",
    "Give one of --logits, --probs and --head, not several",
  ],
  [
    "@pool.npy --labels @labels5.npy",
    "Cannot use 5 labels: 6 are needed, one for each sample",
  ],
  [
    "@pool.npy --labels @labels5.npy --labeled @labeled.npy",
    "Cannot use 5 labels: 6 are needed, one for each sample, or 3, one for each labeled sample",
  ],
  [
    "@pool.npy --labels @labels-2.npy --labeled @labeled.npy",
    "Cannot train on label -2 of sample 2 at position 2: labels are whole numbers from 0 on",
  ],
  [
    "@pool.npy --labels @labels.npy --labeled @all.npy",
    "Cannot train on label -1 of sample 5 at position 5: labels are whole numbers from 0 on",
  ],
  [
    "@pool.npy --labels @identifiers.npy",
    "Cannot train on label 2000000000 of sample 3 at position 3: it would make 2000000001 classes " +
    "for 5 labeled samples, where labels are below 32768, so number the classes from 0",
  ],
  [
    "@pool.npy --labels @halves.npy",
    "Cannot use labels in @halves.npy: 0.5 at row 2 is not a whole 32-bit number",
  ],
  [
    "@pool.npy --labeled @repeated.npy",
    "Cannot use labeled in @repeated.npy: index 4 occurs twice",
  ],
  [
    "@pool.npy --labeled @outside.npy",
    "Cannot use labeled in @outside.npy: index 6, and 0 to 5 is allowed",
  ],
  [
    "@pool.npy --labeled @negative.npy",
    "Cannot use labeled in @negative.npy: index -1, and 0 to 5 is allowed",
  ],
  [
    "@pool.npy --labeled @mask.npy",
    "Cannot use labeled in @mask.npy: the mask has 5 values, and the pool has 6 rows",
  ],
  [
    "@pool.npy --fisher binary",
    "Cannot run bait without class probabilities: give logits, probabilities or labels",
  ],
  [
    "@pool.npy --strategy margin",
    "Cannot run margin without class probabilities: give logits, probabilities or labels",
  ],
];

const usage = "usage is creel select FILE [OPTIONS]";

/** Calls whose options are wrong; each but the first three gets a good budget. */
export const badOptions: readonly BadCall[] = [
  ["", `Missing FILE: ${usage}`],
  ["@pool.npy @pool.npy", `Unexpected argument @pool.npy: ${usage}`],
  ["@pool.npy --strategy margn", "Unknown strategy margn: did you mean margin?"],
  ["@pool.npy --strategy bait-exo", "Unknown strategy bait-exo: did you mean bait-exp?"],
  [
    "@pool.npy --strategy kmeans",
    `Unknown strategy kmeans: use ${STRATEGIES.join(", ")}, or a file such as ./mine.ts`,
  ],
  [
    "@pool.npy --fisher binari",
    "Unknown fisher binari: use full, exp, binary, regression, classes (did you mean binary?)",
  ],
  [
    "@pool.npy --weighting summ",
    "Unknown weighting summ: use reference, sum, paper (did you mean sum?)",
  ],
  ["@pool.npy --scale zscore", "Unknown scale zscore: use none, standardize, l2"],
  [
    "@pool.npy --device gpu",
    "Unknown device gpu: use auto, webgpu, cpu (did you mean webgpu?)",
  ],
  ["@pool.npy --strategy herding", "Unknown strategy herding: did you mean max-herding?"],
  [
    "@pool.npy --device webgp",
    "Unknown device webgp: use auto, webgpu, cpu (did you mean webgpu?)",
  ],
  ["@pool.npy --buget 1", "Unknown option --buget of select: did you mean --budget?"],
  ["@pool.npy --frobnicate", "Unknown option --frobnicate of select: see --help"],
  ["@pool.npy -b", "Unknown option -b of select: see --help"],
  ["@pool.npy --json=1", "Option --json takes no value: found 1"],
  ["@pool.npy --out", "Option --out needs a value: FILE"],
  ["@pool.npy --seed", "Option --seed needs a value: N"],
  ["@pool.npy --seed 1.5", "Option --seed must be a whole number: found 1.5"],
  ...[["0"], ["-1"], ["1e-300"], ["1e300", "1e+300"], ["much"], ["Infinity"], ["NaN"]].map(
    ([lambda, shown = lambda]): BadCall => [
      `@pool.npy --lambda ${lambda}`,
      `Option --lambda must be a positive float32 number or auto: found ${shown}`,
    ],
  ),
  ["@pool.npy --lambda", "Option --lambda needs a value: auto|X"],
  ["@pool.npy --oversample 0.5", "Option --oversample must be a number, 1 or more: found 0.5"],
  ...["-1", "1.5", "two"].map((count): BadCall => [
    `@pool.npy --top-classes ${count}`,
    `Option --top-classes must be a whole number, 0 or more: found ${count}`,
  ]),
  ["@pool.npy --candidates 0", "Option --candidates must be a whole number, 1 or more: found 0"],
  [
    "@pool.npy --partitions 2.5",
    "Option --partitions must be a whole number, 1 or more: found 2.5",
  ],
  [
    "@pool.npy --strategy margin --dropout 1",
    "Option --dropout must be a number above 0 and below 1: found 1",
  ],
  [
    "@pool.npy --strategy falcun --gamma 0",
    "Option --gamma must be a positive float32 number: found 0",
  ],
  [
    "@pool.npy --strategy random --gamma 2",
    "Unknown option --gamma of strategy random: it has --candidates, --partitions",
  ],
  [
    "@pool.npy --gamma 2",
    "Unknown option --gamma of strategy bait: it has --fisher, --top-classes, --lambda, " +
    "--weighting, --oversample, --select, --diagonal, --members, --dropout, --candidates, " +
    "--partitions",
  ],
  [
    "@pool.npy --strategy mase --diagonal",
    "Unknown option --diagonal of strategy mase: it has --candidates, --partitions",
  ],
  [
    "@pool.npy --strategy falcun(gamma=0)",
    "Option gamma of falcun must be a positive float32 number: found 0",
  ],
  [
    "@pool.npy --strategy bait(fisher=binari)",
    'Option fisher of bait must be one of full, exp, binary, regression, classes: found "binari"',
  ],
  [
    "@pool.npy --strategy bait(diagonal=maybe)",
    'Option diagonal of bait must be true or false: found "maybe"',
  ],
  [
    "@pool.npy --strategy falcun(gama=3)",
    "Unknown option gama of falcun: it has gamma, deterministic, members, dropout, candidates, " +
    "partitions",
  ],
  [
    "@pool.npy --strategy falcun(gamma=3) --gamma 2",
    "Give --gamma or gamma in --strategy, not both",
  ],
  [
    "@pool.npy --strategy bait-exp --fisher full",
    "Give --fisher or fisher in --strategy, not both",
  ],
  [
    "@pool.npy --strategy falcun(gamma=3",
    'Cannot read strategy "falcun(gamma=3": write a name, or options behind it as in ' +
    "bait(fisher=exp)",
  ],
  [
    "@pool.npy --strategy bait(lambda=1=2)",
    'Cannot read "lambda=1=2" in strategy "bait(lambda=1=2)": an option is written name=value',
  ],
  [
    "@pool.npy --strategy bait(topClasses=2,top-classes=3)",
    'Cannot read strategy "bait(topClasses=2,top-classes=3)": option topClasses is given twice',
  ],
  ["@pool.npy --select best", "Unknown select best: use greedy, topk"],
  ["@pool.npy --diagonal=1", "Option --diagonal takes no value: found 1"],
  [
    "@pool.npy --strategy mase",
    "Cannot run mase without the weights of a linear head: give a head, or labels to train one",
  ],
  ["@pool.npy --head @none.safetensors", "Cannot read @none.safetensors: it does not exist"],
  [
    "@pool.npy --head @pool.npy --scale l2",
    "Give --head or --scale, not both: a head says how features are scaled",
  ],
  [
    "@pool.npy --memory much",
    "Option --memory must be a size such as 800MB or 16GB: found much",
  ],
  ["@pool.npy --memory 0", "The memory budget must be a positive number of bytes: 0"],
  ["@pool.npy --out @no/picks.txt", "Cannot write @no/picks.txt: the folder @no does not exist"],
  ["@pool.npy --out @picks.txt", "Cannot write @picks.txt: it exists, and --force replaces it"],
  ["@pool.npy --out @picks.csv", "Cannot write @picks.csv: use one of .json, .npy, .txt"],
];

/** Calls whose budget is wrong. */
export const badBudgets: readonly BadCall[] = [
  ["@pool.npy", "Missing --budget: how many samples should be chosen"],
  ["@pool.npy --budget", "Option --budget needs a value: B"],
  ["@pool.npy --budget --json", "Option --budget needs a value: B"],
  ...["0", "-1", "2.5"].map((budget): BadCall => [
    `@pool.npy --budget ${budget}`,
    `The budget must be a whole number of samples, 1 or more: found ${budget}`,
  ]),
  ...["many", "1e999"].map((budget): BadCall => [
    `@pool.npy --budget ${budget}`,
    `Option --budget must be a number: found ${budget}`,
  ]),
  ["@pool.npy --budget 7", "Cannot select 7 samples: only 6 are unlabeled"],
  [
    "@pool.npy --budget 4 --labeled @labeled.npy",
    "Cannot select 4 samples: only 3 are unlabeled",
  ],
  [
    "@pool.npy --budget 1 --labeled @all.npy",
    "Cannot select 1 sample: all 6 rows are labeled according to @all.npy, so give only the rows " +
    "whose labels are known",
  ],
  [
    "@pool.npy --budget 3 --labels @complete.npy",
    "Cannot select 3 samples: all 6 rows are labeled according to @complete.npy, so give rows of " +
    "unknown class the label -1, or name the labeled rows with --labeled",
  ],
  [
    "@pool.npy --budget 1 --strategy bald --logits @logits.npy --members 1000000",
    "Option --members must be a whole number from 2 to 1000: found 1000000",
  ],
  [
    "@pool.npy --budget 1 --lambda 1e-20 --device cpu",
    "Cannot run BAIT with lambda 1e-20: the mean of the diagonal of F is 0.52, and on device cpu " +
    "lambda may be from 5.2e-13 to 5.2e+11, or auto",
  ],
];
