import { join } from "node:path";
import { bytesOf } from "../../src/io/bytes.ts";
import { openDataset } from "../../src/io/dataset.ts";
import { encodeNpy } from "../../src/io/numpy/npy.ts";
import { encodeNpz, type NpzEntry } from "../../src/io/numpy/npz.ts";
import { readDataset } from "../../src/io/read-dataset.ts";
import { encodeSafetensors } from "../../src/io/safetensors.ts";
import { inFolder, refuses } from "./fixtures.ts";
import { features, pools, text, values } from "./pools.ts";

Deno.test("dataset: parts that do not fit together are refused", async () => {
  const bad = (extra: Record<string, NpzEntry>, message: string) =>
    refuses(() => readDataset(bytesOf("pool.npz", encodeNpz({ features, ...extra }))), message);
  const f32 = (length: number, ...shape: number[]) => ({ data: new Float32Array(length), shape });
  const i32 = (...data: number[]) => ({ data: Int32Array.from(data), shape: [data.length] });
  const cannot = "Cannot use";
  await bad(
    { logits: f32(8, 2, 4) },
    `${cannot} logits in pool.npz: it has 2 rows, and the features have 3`,
  );
  await bad(
    { probs: f32(3, 3) },
    `${cannot} probs in pool.npz: its shape is [3], and it must be [n, K]`,
  );
  await bad(
    { labels: i32(1, 2) },
    `${cannot} labels in pool.npz: it has 2 rows, and the features have 3`,
  );
  await bad(
    { labels: f32(6, 3, 2, 1) },
    `${cannot} labels in pool.npz: its shape is [3, 2, 1], and it must be [n] or [n, 1]`,
  );
  await bad(
    { labels: { data: Float32Array.of(0, 1, 1, 0.5, 0, 0), shape: [3, 2] } },
    `${cannot} labels in pool.npz: 0.5 at row 1, column 1, and a matrix of labels has 1 for each ` +
      "class of a row and 0 for the others, or -1 in all columns of a row where they are unknown",
  );
  await bad(
    { labeled: i32(0, 3) },
    `${cannot} labeled in pool.npz: index 3, and 0 to 2 is allowed`,
  );
  await bad({ labeled: i32(1, 1) }, `${cannot} labeled in pool.npz: index 1 occurs twice`);
  await bad(
    { targets: { data: Float32Array.of(1, NaN, 2), shape: [3] } },
    `${cannot} targets in pool.npz: NaN at row 1, column 0`,
  );
});

Deno.test("dataset: without features the names that are there are listed", async () => {
  const y = { data: Int32Array.of(7, 8, 9), shape: [3] };
  await refuses(
    () => readDataset(bytesOf("pool.npz", encodeNpz({ arr_0: features, y }))),
    "Cannot find features in pool.npz: its arrays are arr_0, y",
  );
  const tensor = { shape: [3, 2], data: values };
  await refuses(
    () => readDataset(bytesOf("x.safetensors", encodeSafetensors({ a: tensor, b: tensor }))),
    "Cannot find features in x.safetensors: its tensors are a, b",
  );
});

Deno.test("dataset: features have two axes and are not empty", async () => {
  const bad = (shape: number[], message: string) => {
    const length = shape.reduce((a, b) => a * b, 1);
    const bytes = encodeNpy(new Float32Array(length), shape);
    return refuses(
      () => readDataset(bytesOf("pool.npy", bytes)),
      `Cannot use features in pool.npy: ${message}`,
    );
  };
  await bad([3], "its shape is [3], and it must be [n, d]");
  await bad([3, 2, 2], "its shape is [3, 2, 2], and it must be [n, d]");
  await bad([0, 2], "it has no rows");
  await bad([3, 0], "it has no columns");
});

Deno.test("dataset: unknown, missing and mislabeled files are refused by name", async () => {
  await inFolder(async (folder) => {
    const path = async (name: string, content: Uint8Array | string) => {
      const path = join(folder, name);
      await Deno.writeFile(path, typeof content === "string" ? text(content) : content);
      return path;
    };
    const allowed = "and .npy, .npz, .safetensors, .csv, .tsv, .parquet and .idx (also with .gz) " +
      "are allowed";
    const txt = await path("pool.txt", "1,2\n");
    await refuses(() => openDataset(txt), `Cannot read ${txt}: its extension is .txt, ${allowed}`);
    const bare = await path("pool", "1,2\n");
    await refuses(() => openDataset(bare), `Cannot read ${bare}: it has no extension, ${allowed}`);
    const missing = join(folder, "missing.npy");
    await refuses(() => openDataset(missing), `Cannot read ${missing}: it does not exist`);
    const npy = await path("wrong.npy", pools["pool.npz"]!);
    await refuses(
      () => openDataset(npy),
      `Cannot read ${npy}: it is not an .npy file, its first bytes are wrong`,
    );
    const npz = await path("wrong.npz", pools["pool.npy"]!);
    await refuses(() => openDataset(npz), `Cannot read ${npz}: it is not a zip file`);
    const gz = await path("wrong.csv.gz", "1,2\n");
    await refuses(() => openDataset(gz), `Cannot read ${gz}: it is not a gzip file`);
    const empty = await path("empty.csv", "");
    await refuses(() => openDataset(empty), `Cannot read ${empty}: it is empty`);
  });
});
