import assert from "node:assert/strict";
import { join } from "node:path";
import { gzipSync } from "fflate";
import { openDataset, openIndices, openIntegers, openMatrix } from "../../src/io/dataset.ts";
import { encodeNpy } from "../../src/io/numpy/npy.ts";
import { encodeNpz } from "../../src/io/numpy/npz.ts";
import { readAll } from "../../src/io/rows.ts";
import { encodeSafetensors } from "../../src/io/safetensors.ts";
import { idxBytes, inFolder, refuses } from "./fixtures.ts";
import { features, pools, text, values } from "./pools.ts";

Deno.test("dataset: logits, labels and labeled rows are read from files of their own", async () => {
  await inFolder(async (folder) => {
    const path = async (name: string, bytes: Uint8Array) => {
      await Deno.writeFile(join(folder, name), bytes);
      return join(folder, name);
    };
    for (const [name, bytes] of Object.entries(pools)) {
      if (name === "pool.csv") continue;
      const file = await path(name, bytes);
      // Arrays have names in an .npz; elsewhere the only matrix is meant.
      const what = name.toLowerCase().endsWith(".npz") ? "features" : "logits";
      await using logits = await openMatrix(file, what);
      assert.deepEqual(await readAll(logits), values, name);
    }
    const labels: Record<string, Uint8Array> = {
      "y.npy": encodeNpy(Float32Array.of(2, 0), [2, 1]),
      "y.csv": text("2\n0\n"),
      "header.csv": text("species\n2\n0\n"),
      "named.csv": text("id,label\n10,2\n11,0\n"),
      "y.csv.gz": gzipSync(text("2\r\n0")),
      "y.idx": idxBytes("u8", [2], [2, 0]),
      "y.npz": encodeNpz({
        labels: { data: Int8Array.of(2, 0), shape: [2] },
        labeled: { data: Int8Array.of(2, 0), shape: [2] },
      }),
      "y.safetensors": encodeSafetensors({ labels: { data: Float32Array.of(2, 0), shape: [2] } }),
    };
    for (const [name, bytes] of Object.entries(labels)) {
      const file = await path(name, bytes);
      assert.deepEqual([...await openIntegers(file)], [2, 0], name);
      if (name === "named.csv" || name === "y.safetensors") continue;
      assert.deepEqual([...await openIndices(file, 3)], [2, 0], name);
      await assert.rejects(openIndices(file, 2), { name: "InputError" }, name);
    }
    // A heading does not turn indices into a mask.
    const headed = await path("headed.csv", text("labeled\n5\n17\n"));
    assert.deepEqual([...await openIndices(headed, 20)], [5, 17]);
    const wide = await path("wide.csv", text("1,2\n3,4\n"));
    await refuses(
      () => openIntegers(wide),
      `Cannot use labels in ${wide}: it has 2 columns, and one is needed`,
    );
    const halves = await path("halves.csv", text("1\n2.5\n"));
    await refuses(
      () => openIntegers(halves),
      `Cannot use labels in ${halves}: 2.5 at row 1 is not a whole 32-bit number`,
    );
    const matrix = await path("matrix.npy", encodeNpy(values, [3, 2]));
    await refuses(
      () => openIntegers(matrix),
      `Cannot use labels in ${matrix}: its shape is [3, 2], and it must be [n] or [n, 1]`,
    );
    const vector = await path("vector.npy", encodeNpy(values, [6]));
    await refuses(
      () => openMatrix(vector, "logits"),
      `Cannot use logits in ${vector}: its shape is [6], and it must be [n, K]`,
    );
  });
});

Deno.test("dataset: files are closed, also when opening fails", async () => {
  if (Deno.build.os !== "linux") return;
  const openFiles = (folder: string) =>
    [...Deno.readDirSync("/proc/self/fd")].filter(({ name }) => {
      try {
        return Deno.readLinkSync(`/proc/self/fd/${name}`).startsWith(folder);
      } catch {
        return false;
      }
    }).length;
  await inFolder(async (folder) => {
    const good = join(folder, "pool.npy");
    const bad = join(folder, "bad.npz");
    await Deno.writeFile(good, pools["pool.npy"]!);
    await Deno.writeFile(bad, encodeNpz({ x: features }));
    await Deno.writeFile(join(folder, "a.parquet"), pools["pool.parquet"]!);
    await Deno.writeFile(join(folder, "b.parquet"), new Uint8Array(20));
    const dataset = await openDataset(good);
    assert.equal(openFiles(folder), 1);
    await dataset.close();
    await dataset.close();
    assert.equal(openFiles(folder), 0);
    await assert.rejects(readAll(dataset.features));
    await assert.rejects(openDataset(bad), { name: "InputError" });
    await assert.rejects(openDataset(folder), { name: "InputError" });
    await assert.rejects(openIntegers(good), { name: "InputError" });
    await assert.rejects(openMatrix(bad), { name: "InputError" });
    assert.equal(openFiles(folder), 0);
  });
});
