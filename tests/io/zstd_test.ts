import { constants, zstdCompressSync } from "node:zlib";
import { unpackHadoopLz4, unpackLz4, unpackSnappy } from "../../src/io/compressed/blocks.ts";
import { unpackZstd } from "../../src/io/compressed/zstd.ts";
import { drawFrom } from "../../tasks/fuzz/mutate.ts";
import { refuses, same } from "./fixtures.ts";

const draw = drawFrom(3);
/** Contents that lead to every kind of block, of literals and of tables. */
const CONTENTS: readonly ((i: number) => number)[] = [
  (i) => i % 7,
  (i) => (i * i) >> 9,
  () => draw(256),
  () => draw(16),
  () => 65 + Math.floor((draw(1000) / 300) ** 3),
  (i) => (i < 100 ? i : 5),
  (i) => Math.sin(i / 50) * 100,
];

Deno.test("zstd: what Zstandard compresses comes back, at every level and size", () => {
  for (const level of [1, 3, 19]) {
    for (const content of CONTENTS) {
      for (const length of [0, 1, 5, 100, 1000, 140_000]) {
        const data = Uint8Array.from({ length }, (_, i) => content(i));
        const params = {
          [constants.ZSTD_c_compressionLevel]: level,
          [constants.ZSTD_c_checksumFlag]: length % 2,
        };
        const target = new Uint8Array(length);
        unpackZstd(new Uint8Array(zstdCompressSync(data, { params })), target);
        same(target, data);
      }
    }
  }
});

Deno.test("zstd, snappy, lz4: another size than the content's is refused, and lengths that lie", async () => {
  const zstd = "Cannot decompress: the Zstandard data is damaged";
  const packed = new Uint8Array(zstdCompressSync(new Uint8Array(1000).fill(7)));
  for (const size of [0, 999, 1001]) {
    await refuses(() => unpackZstd(packed, new Uint8Array(size)), zstd);
  }
  for (let length = 1; length < packed.length; length++) {
    await refuses(() => unpackZstd(packed.subarray(0, length), new Uint8Array(1000)), zstd);
  }
  const damaged = "Cannot decompress: the compressed data is damaged";
  // A literal of 2^32 bytes, a copy from before the start, and one longer than the output.
  for (const bytes of [[4, 0xfc, 255, 255, 255, 255], [4, 0, 1, 1, 9], [4, 0, 1, 0xfe, 1, 0]]) {
    await refuses(() => unpackSnappy(Uint8Array.from(bytes), new Uint8Array(4)), damaged);
  }
  for (const bytes of [[0xf0, 255, 255], [0x14, 1, 9, 0], [0x1f, 1, 1, 0, 255, 255, 0, 0]]) {
    await refuses(() => unpackLz4(Uint8Array.from(bytes), new Uint8Array(4)), damaged);
  }
  // A frame of -8 bytes, after which hyparquet-compressors 1.1 reads the same frame again.
  const back = Uint8Array.of(0, 0, 0, 0, 255, 255, 255, 248, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  await refuses(() => unpackHadoopLz4(back, new Uint8Array(4)), damaged);
});
