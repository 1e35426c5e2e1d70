/** A small labeled pool for the commands that learn. */

import { encodeNpy } from "../../src/io/numpy/npy.ts";
import { encodeNpz } from "../../src/io/numpy/npz.ts";
import { Random } from "../fixture.ts";
import type { Files } from "./creel.ts";

const ROWS = 60;
const COLUMNS = 4;

const features = new Random(11).normals(ROWS * COLUMNS);
const labels = Int32Array.from({ length: ROWS }, (_, i) => i % 3);
labels.forEach((k, i) => features[i * COLUMNS + k]! += 2);
const targets = Float32Array.from(labels, (_, i) => 5 * features[i * COLUMNS]! + 1);
const vector = (values: Int32Array | Float32Array) => encodeNpy(values, [values.length]);
const matrix = { data: features, shape: [ROWS, COLUMNS] };

/** `pool.npz` with labels, the same in parts, and parts that do not fit. */
export const learnable: Files = {
  "pool.npz": encodeNpz({ features: matrix, labels: { data: labels, shape: [ROWS] } }),
  "values.npz": encodeNpz({ features: matrix, targets: { data: targets, shape: [ROWS] } }),
  "x.npy": encodeNpy(features, [ROWS, COLUMNS]),
  "wide.npy": encodeNpy(features, [ROWS / 2, COLUMNS * 2]),
  "labels.npy": vector(labels),
  "half.npy": vector(labels.slice(0, ROWS / 2)),
  "targets.npy": vector(targets),
  "known.npy": vector(labels.map((label, i) => i < 40 ? label : -1)),
  "labeled.npy": vector(Int32Array.from({ length: 20 }, (_, i) => 2 * i)),
  "nan.npy": vector(targets.map((value, i) => i === 3 ? NaN : value)),
  "file": "mine",
};
