import assert from "node:assert/strict";
import fc from "fast-check";
import { zipSync } from "fflate";
import { matrixRows, readVector } from "../../src/io/array.ts";
import { blobSource, bytesOf } from "../../src/io/bytes.ts";
import { crc32 } from "../../src/io/compressed/crc32.ts";
import { encodeNpy } from "../../src/io/numpy/npy.ts";
import { encodeNpz, openNpz } from "../../src/io/numpy/npz.ts";
import { readAll } from "../../src/io/rows.ts";
import { counted, refuses } from "./fixtures.ts";
import { numpyBytes, type NumpyFile, numpyFile } from "./numpy_files.ts";

const two = encodeNpz({
  features: { data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [3, 2] },
  labels: { data: Int32Array.of(7, 8, 9), shape: [3] },
});

Deno.test("npz: what is written reads back, on any shapes", async () => {
  const arrays = fc.dictionary(
    fc.stringMatching(/^[a-z_]{1,8}$/),
    fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 7 })),
    { minKeys: 1, maxKeys: 4 },
  );
  await fc.assert(fc.asyncProperty(arrays, async (shapes) => {
    const entries = Object.entries(shapes).map(([name, shape], k) => {
      const data = Float32Array.from({ length: shape[0] * shape[1] }, (_, i) => Math.sin(i + k));
      return [name, { data, shape }] as const;
    });
    const npz = await openNpz(
      blobSource("x.npz", new Blob([encodeNpz(Object.fromEntries(entries))])),
    );
    assert.deepEqual([...npz.names].sort(), Object.keys(shapes).sort());
    for (const [name, { data }] of entries) {
      assert.deepEqual(await readAll(matrixRows(await npz.open(name))), data);
    }
  }));
});

Deno.test("npz: the same arrays give the same bytes", () => {
  const again = encodeNpz({
    features: { data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [3, 2] },
    labels: { data: Int32Array.of(7, 8, 9), shape: [3] },
  });
  assert.deepEqual(again, two);
});

Deno.test("npz: files made by NumPy, stored, compressed and zip64", async () => {
  for (const name of ["npz_stored", "npz_compressed", "npz_zip64"] satisfies NumpyFile[]) {
    const npz = await openNpz(numpyFile(name));
    const features = matrixRows(await npz.open("features"));
    assert.deepEqual([...await readAll(features)], [0, 1, 2, 3, 4, 5]);
    assert.equal(features.name, `features in ${name}`);
  }
  const mask = await readVector(await (await openNpz(numpyFile("npz_compressed"))).open("labeled"));
  assert.deepEqual([mask.dtype, ...mask.values as Float64Array], ["bool", 1, 0, 1]);
});

Deno.test("npz: of a stored array only the requested rows are read, of other members nothing", async () => {
  const features = encodeNpy(new Float32Array(10_000), [1000, 10]);
  const other = encodeNpy(new Float32Array(100_000), [100_000]);
  const file = counted(
    bytesOf("x.npz", zipSync({ "other.npy": other, "features.npy": features }, { level: 0 })),
  );
  const source = matrixRows(await (await openNpz(file)).open("features"));
  const opening = file.bytesRead;
  assert.ok(opening < 70_000, `${opening} bytes to open`);
  // A read that leaves out a part verifies the checksum of the array first, once.
  await source.read(990, new Float32Array(100));
  const verified = file.bytesRead;
  assert.ok(verified - opening <= features.length + 400, `${verified - opening} bytes`);
  await source.read(500, new Float32Array(100));
  assert.equal(file.bytesRead - verified, 400);
});

Deno.test("npz: an array that is not there is answered with those that are", async () => {
  const npz = await openNpz(bytesOf("x.npz", two));
  await refuses(
    () => npz.open("embeddings"),
    "Cannot find embeddings in x.npz: its arrays are features, labels",
  );
  const empty = await openNpz(bytesOf("x.npz", zipSync({ "a.txt": new Uint8Array(3) })));
  await refuses(() => empty.open("features"), "Cannot find features in x.npz: its arrays are none");
});

Deno.test("npz: a file cut off anywhere is truncated, and what is no zip file is said to be none", async () => {
  for (const length of [4, 30, 100, two.length - 40, two.length - 1]) {
    await refuses(
      () => openNpz(bytesOf("x.npz", two.slice(0, length))),
      `Cannot read x.npz: truncated, its ${length} bytes end without a zip directory`,
    );
  }
  for (const bytes of [new Uint8Array(0), new Uint8Array(500), numpyBytes("bool_mask")]) {
    await refuses(
      () => openNpz(bytesOf("x.npz", bytes)),
      "Cannot read x.npz: it is not a zip file",
    );
  }
});

Deno.test("npz: a file that lost bytes at its beginning or in its middle is damaged, never misread", async () => {
  for (let lost = 1; lost < two.length - 60; lost += 37) {
    const bytes = new Uint8Array([...two.slice(0, 20), ...two.slice(20 + lost)]);
    await assert.rejects(async () => {
      const npz = await openNpz(bytesOf("x.npz", bytes));
      await readAll(matrixRows(await npz.open("features")));
    }, { name: "InputError" });
  }
});

Deno.test("npz: a flipped bit in compressed data is noticed", async () => {
  const noise = Float32Array.from({ length: 500 }, (_, i) => Math.sin(i * i));
  const whole = encodeNpz({ features: { data: noise, shape: [50, 10] } });
  for (let at = 60; at < 1500; at += 97) {
    const bytes = whole.slice();
    bytes[at]! ^= 4;
    await assert.rejects(
      async () =>
        readAll(matrixRows(await (await openNpz(bytesOf("x.npz", bytes))).open("features"))),
      {
        name: "InputError",
        message: "Cannot read features in x.npz: its compressed data is damaged",
      },
    );
  }
});

Deno.test("npz: encrypted members and unknown compression are named", async () => {
  const directory = two.findLastIndex((_, i) =>
    two[i] === 0x50 && two[i + 1] === 0x4b && two[i + 2] === 1 && two[i + 3] === 2
  );
  const encrypted = two.slice();
  encrypted[directory + 8]! |= 1;
  await refuses(
    async () => await (await openNpz(bytesOf("x.npz", encrypted))).open("labels"),
    "Cannot read labels in x.npz: it is encrypted",
  );
  const bzip = two.slice();
  bzip[directory + 10] = 12;
  await refuses(
    async () => await (await openNpz(bytesOf("x.npz", bzip))).open("labels"),
    "Cannot read labels in x.npz: zip compression method 12, and only stored and deflated members " +
      "can be read",
  );
});

Deno.test("npz: the checksum is zip's", () => {
  assert.equal(crc32(new TextEncoder().encode("123456789")), 0xcbf43926);
  assert.equal(crc32(new Uint8Array(0)), 0);
});
