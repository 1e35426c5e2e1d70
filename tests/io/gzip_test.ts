import assert from "node:assert/strict";
import { gzipSync } from "fflate";
import { bytesOf, readBytes } from "../../src/io/bytes.ts";
import { gunzip } from "../../src/io/compressed/gzip.ts";
import { refuses, same } from "./fixtures.ts";

const content = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * i) >> 11);
const packed = gzipSync(content, { mtime: 0 });
const unpack = async (bytes: Uint8Array) => {
  const source = await gunzip(bytesOf("x.gz", bytes));
  return await readBytes(source, 0, source.size);
};
const damaged = "Cannot read x.gz: its compressed data is truncated or damaged";

Deno.test("gzip: what was compressed comes back, also from several files joined", async () => {
  same(await unpack(packed), content);
  assert.equal((await unpack(gzipSync(new Uint8Array(0)))).length, 0);
  const small = gzipSync(Uint8Array.of(1, 2, 3));
  const joined = new Uint8Array([...small, ...gzipSync(Uint8Array.of(4)), ...small]);
  assert.deepEqual([...await unpack(joined)], [1, 2, 3, 4, 1, 2, 3]);
});

Deno.test("gzip: a file cut off anywhere is truncated", async () => {
  for (const length of [2, 9, 15, 1000, packed.length - 9, packed.length - 8, packed.length - 1]) {
    await refuses(() => unpack(packed.slice(0, length)), damaged);
  }
  const small = gzipSync(Uint8Array.of(1, 2, 3));
  for (let length = 2; length < small.length; length++) {
    await refuses(() => unpack(small.slice(0, length)), damaged);
  }
});

Deno.test("gzip: a flipped bit is noticed, in the data, the checksum or the length", async () => {
  for (const at of [20, 5000, packed.length - 20, packed.length - 6, packed.length - 2]) {
    const bytes = packed.slice();
    bytes[at]! ^= 16;
    await refuses(() => unpack(bytes), damaged);
  }
});

Deno.test("gzip: what is not gzip is said to be none", async () => {
  for (const bytes of [[], [0x1f], [1, 2, 3, 4]]) {
    await refuses(
      () => unpack(Uint8Array.from(bytes)),
      "Cannot read x.gz: it is not a gzip file",
    );
  }
});
