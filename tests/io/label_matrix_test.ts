/** Matrices of labels in files of every format. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { openDataset, openLabels } from "../../src/io/dataset.ts";
import { encodeNpy } from "../../src/io/numpy/npy.ts";
import { encodeNpz } from "../../src/io/numpy/npz.ts";
import { encodeSafetensors } from "../../src/io/safetensors.ts";
import { inFolder } from "./fixtures.ts";
import { text } from "./pools.ts";

const labels = [1, 0, 1, 0, 0, 0, -1, -1, -1];
const column = (k: number) => [0, 1, 2].map((i) => labels[3 * i + k]!);
const parquet = (columnData: Parameters<typeof parquetWriteBuffer>[0]["columnData"]) =>
  new Uint8Array(parquetWriteBuffer({ columnData }));

Deno.test("several labels a row are read from every format", async () => {
  const files: Record<string, Uint8Array> = {
    "y.npy": encodeNpy(Int8Array.from(labels), [3, 3]),
    "f.npy": encodeNpy(Float32Array.from(labels), [3, 3]),
    "y.npz": encodeNpz({ labels: { data: Float64Array.from(labels), shape: [3, 3] } }),
    "y.csv": text("1,0,1\n0,0,0\n-1,-1,-1\n"),
    "named.csv": text("cat,dog,sun\n1,0,1\n0,0,0\n-1,-1,-1\n"),
    "y.safetensors": encodeSafetensors({
      labels: { data: Float32Array.from(labels), shape: [3, 3] },
    }),
    "y.parquet": parquet(
      ["cat", "dog", "sun"].map((name, k) => ({ name, data: column(k), type: "INT32" as const })),
    ),
  };
  await inFolder(async (folder) => {
    for (const [name, bytes] of Object.entries(files)) {
      const path = join(folder, name);
      await Deno.writeFile(path, bytes);
      const found = await openLabels(path);
      assert.ok("matrix" in found, name);
      assert.deepEqual([[...found.matrix.data], found.matrix.columns], [labels, 3], name);
    }
  });
});

Deno.test("a dataset has classes or a matrix of labels", async () => {
  const features = { data: Float32Array.of(1, 2, 3), shape: [3, 1] };
  const data = Uint8Array.from(labels, (label) => Math.max(label, 0));
  const files = {
    "pool.npz": encodeNpz({ features, labels: { data, shape: [3, 3] } }),
    "one.npz": encodeNpz({ features, labels: { data: data.slice(0, 3), shape: [3, 1] } }),
  };
  await inFolder(async (folder) => {
    for (const name of ["pool.npz", "one.npz"] as const) {
      const path = join(folder, name);
      await Deno.writeFile(path, files[name]);
      await using dataset = await openDataset(path);
      if (name === "one.npz") {
        assert.deepEqual([[...dataset.labels!], dataset.labelMatrix], [[1, 0, 1], undefined]);
      } else {
        assert.equal(dataset.labels, undefined);
        assert.deepEqual(dataset.labelMatrix, { data: Int8Array.from(data), columns: 3 });
      }
    }
    const short = join(folder, "short.npz");
    const two = { data: data.slice(0, 6), shape: [2, 3] };
    await Deno.writeFile(short, encodeNpz({ features, labels: two }));
    await assert.rejects(openDataset(short), {
      name: "InputError",
      message: `Cannot use labels in ${short}: it has 2 rows, and the features have 3`,
    });
  });
});
