/** Everything that `creel select` refuses: the files, the call, and the sentence that says why. */

import { encodeNpy } from "../../src/io/npy.ts";
import { encodeNpz } from "../../src/io/npz.ts";
import { rawNpy } from "../io/fixtures.ts";
import { numpyBytes } from "../io/numpy_files.ts";
import type { Files } from "./creel.ts";

const i32 = (...values: number[]) => encodeNpy(Int32Array.from(values), [values.length]);
const f32 = (rows: number, columns: number, ...changes: [at: number, value: number][]) => {
  const values = Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i + 1));
  for (const [at, value] of changes) values[at] = value;
  return encodeNpy(values, [rows, columns]);
};
const pool = f32(6, 3);
const text = (...lines: string[]) => lines.join("\n") + "\n";

/** The files. `pool.npy` is a good one, with 6 rows of 3. */
export const files: Files = {
  "pool.npy": pool,
  "truncated.npy": pool.subarray(0, pool.length - 4),
  "header.npy": pool.subarray(0, 40),
  "stub.npy": pool.subarray(0, 8),
  "magic.npy": text("1,2,3"),
  "magic.npz": pool,
  "magic.parquet": pool,
  "magic.safetensors": new Uint8Array(64).fill(255),
  "truncated.npz": encodeNpz({ features: { data: new Float32Array(6), shape: [3, 2] } }).subarray(0, 90),
  "nameless.npz": encodeNpz({ x: { data: new Float32Array(6), shape: [3, 2] } }),
  "pickled.npy": numpyBytes("object"),
  "pickle.npy": Uint8Array.of(0x80, 0x04, 0x95, 0, 0, 0, 0, 0, 0, 0, 0, 0x5d, 0x94, 0x2e),
  "object.npy": rawNpy("{'descr': '|O', 'fortran_order': False, 'shape': (2, 3), }\n", undefined, 48),
  "strings.npy": numpyBytes("strings"),
  "vector.npy": encodeNpy(new Float32Array(6), [6]),
  "cube.npy": encodeNpy(new Float32Array(6), [1, 2, 3]),
  "empty.npy": encodeNpy(new Float32Array(), [0, 3]),
  "narrow.npy": encodeNpy(new Float32Array(), [3, 0]),
  "empty.csv": "",
  "header.csv": text("a,b"),
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
  "labels5.npy": i32(0, 1, 0, 1, 0),
  "labels-2.npy": i32(0, 1, -2, 0, 0, 0),
  "labels.npy": i32(0, 1, 0, 1, 0, -1),
  "halves.npy": encodeNpy(Float32Array.of(0, 1, 0.5, 1, 0, 1), [6]),
  "labeled.npy": i32(0, 1, 2),
  "repeated.npy": i32(0, 4, 4),
  "outside.npy": i32(0, 6),
  "negative.npy": i32(0, -1),
  "mask5.npy": encodeNpy(new Uint8Array(5), [5]).map((byte, i, all) =>
    // NumPy's code for bool instead of uint8.
    byte === 0x75 && all[i + 1] === 0x31 ? 0x62 : byte
  ),
  "probs.npy": encodeNpy(new Float32Array(12).fill(0.3), [6, 2]),
  "all.npy": i32(0, 1, 2, 3, 4, 5),
  "existing.txt": "mine\n",
};

/** The arguments after `select`, where @ stands for the folder, and the sentence. */
export const cases: readonly (readonly [args: readonly string[], sentence: string])[] = [
  [["@missing.npy"], ""],
  ...["truncated.npy","header.npy","stub.npy","magic.npy","magic.npz","magic.parquet","magic.safetensors","truncated.npz","nameless.npz","pickled.npy","pickle.npy","object.npy","strings.npy","vector.npy","cube.npy","empty.npy","narrow.npy","empty.csv","header.csv","ragged.csv","words.csv","nan.csv","nan.npy","infinite.npy","huge.npy","pool.txt"].map((n)=>[["@"+n,"--budget","1"],""] as const),
  [["@", "--budget", "1"], ""],
  ...([
  ["@pool.npy", "--logits", "@logits5.npy"],
  ["@pool.npy", "--logits", "@nanlogits.npy"],
  ["@pool.npy", "--logits", "@vector.npy"],
  ["@pool.npy", "--logits", "@missing.npy"],
  ["@pool.npy", "--probs", "@probs.npy"],
  ["@pool.npy", "--probs", "@logits5.npy"],
  ["@pool.npy", "--probs", "@probs.npy", "--logits", "@logits.npy"],
  ["@pool.npy", "--labels", "@labels5.npy"],
  ["@pool.npy", "--labels", "@labels5.npy", "--labeled", "@labeled.npy"],
  ["@pool.npy", "--labels", "@labels-2.npy", "--labeled", "@labeled.npy"],
  ["@pool.npy", "--labels", "@labels.npy", "--labeled", "@all.npy"],
  ["@pool.npy", "--labels", "@halves.npy"],
  ["@pool.npy", "--labeled", "@repeated.npy"],
  ["@pool.npy", "--labeled", "@outside.npy"],
  ["@pool.npy", "--labeled", "@negative.npy"],
  ["@pool.npy", "--labeled", "@mask5.npy"],
  ["@pool.npy", "--fisher", "binary"],
  ["@pool.npy", "--strategy", "margin"],
  ["@pool.npy", "--strategy", "margn"],
  ["@pool.npy", "--fisher", "binari"],
  ["@pool.npy", "--weighting", "summ"],
  ["@pool.npy", "--scale", "zscore"],
  ["@pool.npy", "--device", "gpu"],
  ["@pool.npy", "--buget", "1"],
  ["@pool.npy", "--frobnicate"],
  ["@pool.npy", "-b"],
  ["@pool.npy", "--json=1"],
  ["@pool.npy", "--seed"],
  ["@pool.npy", "--seed", "1.5"],
  ["@pool.npy", "--lambda", "0"],
  ["@pool.npy", "--lambda", "-1"],
  ["@pool.npy", "--lambda", "much"],
  ["@pool.npy", "--lambda", "Infinity"],
  ["@pool.npy", "--oversample", "0.5"],
  ["@pool.npy", "--top-classes", "0"],
  ["@pool.npy", "--top-classes", "1.5"],
  ["@pool.npy", "--memory", "much"],
  ["@pool.npy", "--memory", "0"],
  ["@pool.npy", "@pool.npy"],
  ["@pool.npy", "--out", "@no/picks.txt"],
  ["@pool.npy", "--out", "@existing.txt"],
  ["@pool.npy", "--out", "@picks.csv"],
  ["@pool.npy", "--out", "@"],
  ["@big.npy", "--storage", "f16"],
  [],
  ] as string[][]).map((a)=>[[...a,"--budget","1"],""] as const),
  ...["0","-1","2.5","7","many","","1e999","0x2"].map((b)=>[["@pool.npy",`--budget=${b}`],""] as const),
  [["@pool.npy", "--budget", "-1"],""],
  [["@pool.npy", "--budget", "1", "--labeled", "@all.npy"],""],
  [["@pool.npy", "--budget", "4", "--labeled", "@labeled.npy"],""],
];
