import assert from "node:assert/strict";
import { join } from "node:path";
import { blobSource, bytesOf } from "../../src/io/bytes.ts";
import { openDataset } from "../../src/io/dataset.ts";
import { encodeNpz } from "../../src/io/numpy/npz.ts";
import { readDataset } from "../../src/io/read-dataset.ts";
import { readAll } from "../../src/io/rows.ts";
import { inFolder, refuses } from "./fixtures.ts";
import { checkPool, features, parquet, pools, text } from "./pools.ts";

Deno.test("dataset: the same pool is read from every format", async () => {
  await inFolder(async (folder) => {
    const labeled: string[] = [];
    for (const [name, bytes] of Object.entries(pools)) {
      const path = join(folder, name);
      await Deno.writeFile(path, bytes);
      await using dataset = await openDataset(path);
      await checkPool(dataset, name);
      if (dataset.labels) labeled.push(name);
    }
    assert.deepEqual(labeled, ["pool.npz", "pool.csv", "pool.parquet"]);
  });
});

Deno.test("dataset: where the extension is unknown the first bytes decide the format", async () => {
  await inFolder(async (folder) => {
    for (const name of ["npy", "npz", "safetensors", "csv.gz", "parquet", "idx", "npy.gz"]) {
      const path = join(folder, `${name.replace(".", "-")}.bin`);
      await Deno.writeFile(path, pools[`pool.${name}`]!);
      // Text without a name that says so is not guessed at, not even inside gzip.
      if (name === "csv.gz") {
        await assert.rejects(openDataset(path), { name: "InputError" });
      } else {
        await using dataset = await openDataset(path);
        await checkPool(dataset, name);
      }
    }
  });
});

Deno.test("dataset: a browser reads the same from blobs and from memory", async () => {
  for (const [name, bytes] of Object.entries(pools)) {
    await using fromBlob = await readDataset(blobSource(name, new Blob([new Uint8Array(bytes)])));
    await checkPool(fromBlob, name);
    await using fromMemory = await readDataset(bytesOf(name, bytes));
    await checkPool(fromMemory, name);
  }
});

Deno.test("dataset: an .npz brings logits, labels, labeled rows and targets, and the rest is ignored", async () => {
  const bytes = encodeNpz({
    features,
    logits: { data: new Float32Array(12), shape: [3, 4] },
    labels: { data: Uint8Array.of(0, 3, 1), shape: [3] },
    labeled: { data: BigInt64Array.of(2n, 0n), shape: [2] },
    targets: { data: Float64Array.of(0.5, 1.5, 2.5), shape: [3, 1] },
    images: { data: new Uint8Array(3 * 64), shape: [3, 8, 8] },
  });
  await using dataset = await readDataset(bytesOf("pool.npz", bytes));
  assert.deepEqual([dataset.logits?.rows, dataset.logits?.columns], [3, 4]);
  assert.equal(dataset.probs, undefined);
  assert.deepEqual([...dataset.labels!], [0, 3, 1]);
  assert.deepEqual([...dataset.labeled!], [2, 0]);
  assert.deepEqual([...dataset.targets!], [0.5, 1.5, 2.5]);
  await using cold = await readDataset(
    bytesOf("pool.npz", encodeNpz({ features, labeled: { data: new Int32Array(0), shape: [0] } })),
  );
  assert.equal(cold.labeled!.length, 0);
});

Deno.test("dataset: a table's columns of labels are no features", async () => {
  const csv = "label,a,labeled,b,target\n7,1,1,2.5,0.5\n8,-3,0,4,1.5\n9,5,1,6,2.5\n";
  await using dataset = await readDataset(bytesOf("pool.csv", text(csv)));
  await checkPool(dataset, "pool.csv");
  assert.deepEqual([...dataset.labeled!], [0, 2]);
  assert.deepEqual([...dataset.targets!], [0.5, 1.5, 2.5]);
  await refuses(
    () => readDataset(bytesOf("pool.csv", text("a,labeled\n1,0\n2,2\n"))),
    "Cannot use labeled in pool.csv: 2 at row 1, and 0 or 1 is needed",
  );
  await using chosen = await readDataset(bytesOf("pool.csv", text(csv)), {
    features: "b",
    labels: "a",
  });
  assert.deepEqual([...await readAll(chosen.features)], [2.5, 4, 6]);
  assert.deepEqual([...chosen.labels!], [1, -3, 5]);
});

Deno.test("dataset: the caller may say what things are called", async () => {
  const y = { data: Int32Array.of(7, 8, 9), shape: [3] };
  const npz = encodeNpz({ x: features, features: { data: new Float32Array(3), shape: [3, 1] }, y });
  await using dataset = await readDataset(bytesOf("p.npz", npz), { features: "x", labels: "y" });
  await checkPool(dataset, "p.npz");
  await refuses(
    () => readDataset(bytesOf("p.npz", npz), { features: "x", labels: "z" }),
    "Cannot find z in p.npz: its arrays are x, features, y",
  );
  await refuses(
    () => readDataset(bytesOf("p.npy", pools["pool.npy"]!), { labels: "y" }),
    "Cannot find y in p.npy: the file holds one array without a name",
  );
  await refuses(
    () => readDataset(bytesOf("p.csv", pools["pool.csv"]!), { labels: "y" }),
    "Cannot find the column y in p.csv: its columns are a, b, label",
  );
  await refuses(
    () => readDataset(bytesOf("p.tsv", pools["pool.tsv"]!), { features: "x" }),
    "Cannot find the column x in p.tsv: it has no header",
  );
});

Deno.test("dataset: a folder of parquet shards is one pool", async () => {
  await inFolder(async (folder) => {
    await refuses(
      () => openDataset(folder),
      `Cannot read ${folder}: the folder holds no .parquet files`,
    );
    const write = (name: string, emb: number[][], label: bigint[]) =>
      Deno.writeFile(join(folder, name), parquet(emb, label));
    await write("train-00001-of-00002.parquet", [[-3, 4], [5, 6]], [8n, 9n]);
    await refuses(
      () => openDataset(folder),
      `Cannot read ${folder}: shard 0 of train is missing, and the names say that there are 2`,
    );
    await write("train-00000-of-00002.parquet", [[1, 2.5]], [7n]);
    await Deno.writeTextFile(join(folder, "README.md"), "");
    {
      await using dataset = await openDataset(folder);
      await checkPool(dataset, "folder");
      assert.ok(dataset.labels);
      assert.equal(dataset.features.name, `features in ${folder}`);
    }
    await write("test-00000-of-00001.parquet", [[0, 0]], [0n]);
    await refuses(
      () => openDataset(folder),
      `Cannot read ${folder}: it holds the splits test, train, and a pool is one of them`,
    );
    await using train = await openDataset(folder, { split: "train" });
    await checkPool(train, "train");
    await refuses(
      () => openDataset(folder, { split: "validation" }),
      `Cannot find the split validation in ${folder}: its splits are test, train`,
    );
  });
});

Deno.test("dataset: the digits and the golden cases", async () => {
  const root = join(import.meta.dirname!, "..", "..");
  await using digits = await openDataset(join(root, "docs", "data", "digits.npz"));
  assert.deepEqual([digits.features.rows, digits.features.columns], [1797, 64]);
  const pixels = await readAll(digits.features);
  assert.deepEqual([Math.min(...pixels.subarray(0, 6400)), Math.max(...pixels.subarray(0, 6400))], [
    0,
    1,
  ]);
  assert.deepEqual([...digits.labels!.subarray(0, 10)], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  await using cold = await openDataset(join(root, "tests", "golden", "regression_cold.npz"));
  assert.deepEqual([cold.features.rows, cold.features.columns], [300, 16]);
  assert.deepEqual([cold.logits, cold.labels, cold.labeled?.length], [undefined, undefined, 0]);
  await using small = await openDataset(join(root, "tests", "golden", "full_small.npz"));
  assert.deepEqual([small.logits?.columns, small.labeled?.length], [3, 12]);
});
