import assert from "node:assert/strict";
import { blobSource, bytesOf, readBytes, sectionOf } from "../../src/io/bytes.ts";
import { refuses } from "./fixtures.ts";

const content = Uint8Array.from({ length: 100 }, (_, i) => i);

Deno.test("bytes: memory, a buffer, a blob and a section give the same bytes", async () => {
  const framed = new Uint8Array(120);
  framed.set(content, 7);
  const sources = [
    bytesOf("x", content),
    bytesOf("x", content.buffer),
    bytesOf("x", framed.subarray(7, 107)),
    blobSource("x", new Blob([content])),
    sectionOf(bytesOf("y", framed), "x", 7, 100),
    sectionOf(sectionOf(bytesOf("y", framed), "z", 5, 110), "x", 2, 100),
  ];
  for (const source of sources) {
    assert.equal(source.size, 100);
    assert.deepEqual(await readBytes(source, 0, 100), content);
    assert.deepEqual([...await readBytes(source, 98, 2)], [98, 99]);
    assert.equal((await readBytes(source, 100, 0)).length, 0);
    await refuses(
      () => readBytes(source, 99, 2),
      "Cannot read x: truncated, 100 bytes found and 101 needed",
    );
    await refuses(
      () => source.read(101, new Uint8Array(1)),
      "Cannot read x: truncated, 100 bytes found and 102 needed",
    );
    await assert.rejects(readBytes(source, -1, 1), { name: "InputError" });
    await assert.rejects(readBytes(source, 0.5, 1), { name: "InputError" });
  }
});

Deno.test("bytes: a section must lie inside", async () => {
  await refuses(
    () => sectionOf(bytesOf("x", content), "part", 60, 41),
    "Cannot read x: truncated, 100 bytes found and 101 needed",
  );
});

Deno.test("bytes: a length beyond memory is refused before anything is allocated", async () => {
  await refuses(
    () => readBytes(bytesOf("x", content), 0, 2 ** 50),
    `Cannot read x: truncated, 100 bytes found and ${2 ** 50} needed`,
  );
});
