import assert from "node:assert/strict";
import { brotliCompressSync, zstdCompressSync } from "node:zlib";
import { gzipSync } from "fflate";
import type { SchemaElement } from "hyparquet";
import { parquetWriteBuffer, type ParquetWriteOptions } from "hyparquet-writer";
import { blobSource, bytesOf } from "../../src/io/bytes.ts";
import { openParquet } from "../../src/io/parquet/parquet.ts";
import { parquetContents } from "../../src/io/parquet/parquet-contents.ts";
import { parquetRows } from "../../src/io/parquet/parquet-rows.ts";
import { readIntegers } from "../../src/io/integers.ts";
import { readLabels } from "../../src/io/labels.ts";
import { readAll } from "../../src/io/rows.ts";
import { counted, inBlocks, refuses } from "./fixtures.ts";

type Options = Partial<Omit<ParquetWriteOptions, "writer">>;
type Columns = Record<string, unknown[]>;
type Type = NonNullable<SchemaElement["type"]>;

/** Schema of a column of lists, in the layout that pyarrow and Polars write. */
function listOf(name: string, type: Type): SchemaElement[] {
  return [
    { name, repetition_type: "OPTIONAL", num_children: 1, converted_type: "LIST" },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    { name: "element", type, repetition_type: "OPTIONAL" },
  ];
}

/** Schema of a column of numbers. */
function one(name: string, type: Type): SchemaElement[] {
  return [{ name, type, repetition_type: "OPTIONAL" }];
}

function write(schema: SchemaElement[][], columns: Columns, options: Options = {}) {
  const root: SchemaElement = { name: "root", num_children: schema.length };
  const columnData = Object.entries(columns).map(([name, data]) => ({ name, data }));
  const buffer = parquetWriteBuffer({ columnData, schema: [root, ...schema.flat()], ...options });
  return new Uint8Array(buffer);
}

/** n rows of d numbers, the first of which is the row. */
const vectors = (n: number, d: number, first = 0) =>
  Array.from({ length: n }, (_, i) => Array.from({ length: d }, (_, j) => first + i + j / 64));

const open = async (...files: Uint8Array<ArrayBuffer>[]) => {
  const [first, ...rest] = files.map((file, i) => bytesOf(`${i}.parquet`, file));
  return await openParquet([first!, ...rest], "pool");
};

Deno.test("parquet: a column of lists is the features, whatever lies beside it", async () => {
  for (const type of ["FLOAT", "DOUBLE"] as const) {
    for (const options of [{}, { rowGroupSize: 10 }, { pageSize: 200 }] satisfies Options[]) {
      const rows = vectors(37, 5);
      const file = write([one("id", "INT64"), listOf("emb", type), one("label", "INT64")], {
        id: rows.map((_, i) => BigInt(i)),
        emb: rows,
        label: rows.map((_, i) => BigInt(i % 3)),
      }, options);
      const contents = parquetContents(await open(file));
      const features = await contents.matrix("features", "[n, d]");
      assert.deepEqual(
        [features.rows, features.columns, features.dtype],
        [37, 5, type === "FLOAT" ? "f32" : "f64"],
      );
      for (const block of [1, 7, 37]) {
        assert.deepEqual(await inBlocks(features, block), rows.flat());
      }
      assert.ok(contents.has("labels"));
      const labels = readIntegers(await contents.vector("labels"));
      assert.deepEqual([...labels], rows.map((_, i) => i % 3));
    }
  }
});

Deno.test("parquet: without lists the numeric columns are the features, labels not among them", async () => {
  const file = write(
    [one("a", "DOUBLE"), one("flag", "BOOLEAN"), one("label", "INT32"), one("b", "INT64")],
    { a: [0.5, 1.5, 2.5], flag: [true, false, true], label: [2, 0, 1], b: [7n, 8n, 9n] },
    { rowGroupSize: 2 },
  );
  const table = await open(file);
  const features = await parquetContents(table).matrix("features", "[n, d]");
  assert.deepEqual(await inBlocks(features, 2), [0.5, 7, 1.5, 8, 2.5, 9]);
  const other = parquetContents(table, { features: "a", labels: "b" });
  assert.deepEqual(await inBlocks(await other.matrix("features", "[n, d]"), 3), [0.5, 1.5, 2.5]);
  assert.deepEqual([...readIntegers(await other.vector("labels"))], [7, 8, 9]);
});

Deno.test("parquet: half floats, a mask, logits beside the features, and gzip", async () => {
  const half = (name: string): SchemaElement[] => [
    ...listOf(name, "FIXED_LEN_BYTE_ARRAY").slice(0, 2),
    {
      name: "element",
      type: "FIXED_LEN_BYTE_ARRAY",
      type_length: 2,
      logical_type: { type: "FLOAT16" },
      repetition_type: "REQUIRED",
    },
  ];
  const rows = vectors(4, 3);
  const file = write([half("features"), listOf("logits", "FLOAT"), one("labeled", "BOOLEAN")], {
    features: rows,
    logits: vectors(4, 2),
    labeled: [false, true, true, false],
  }, { codec: "GZIP", compressors: { GZIP: (bytes) => gzipSync(bytes) } });
  const contents = parquetContents(await open(file));
  const features = await contents.matrix("features", "[n, d]");
  assert.deepEqual([features.dtype, ...await readAll(features)], ["f16", ...rows.flat()]);
  assert.deepEqual((await contents.matrix("logits", "[n, K]")).columns, 2);
  const { dtype, values } = await contents.vector("labeled");
  assert.deepEqual([dtype, ...values as Float64Array], ["bool", 0, 1, 1, 0]);
});

Deno.test("parquet: a column of lists with the labels of rows that have several", async () => {
  for (const type of ["INT32", "FLOAT"] as const) {
    const file = write([listOf("emb", "FLOAT"), listOf("labels", type)], {
      emb: vectors(3, 4),
      labels: [[1, 0], [1, 1], [-1, -1]],
    });
    const contents = parquetContents(await open(file));
    assert.equal((await contents.matrix("features", "[n, d]")).columns, 4);
    const labels = await readLabels(contents);
    assert.ok("matrix" in labels);
    assert.deepEqual([...labels.matrix.data], [1, 0, 1, 1, -1, -1]);
  }
});

Deno.test("parquet: shards are one pool in the given order", async () => {
  const shard = (n: number, first: number) =>
    write([listOf("emb", "FLOAT")], { emb: vectors(n, 3, first) }, { rowGroupSize: 4 });
  const table = await open(shard(5, 0), shard(1, 5), shard(9, 6));
  const features = await parquetContents(table).matrix("features", "[n, d]");
  assert.equal(features.name, "features in pool");
  const expected = vectors(15, 3).flat();
  for (const block of [1, 4, 15]) assert.deepEqual(await inBlocks(features, block), expected);
});

Deno.test("parquet: row groups are read only when their rows are requested", async () => {
  const file = write([listOf("emb", "FLOAT"), listOf("other", "FLOAT")], {
    emb: Array.from({ length: 400 }, (_, i) => vectors(1, 64, Math.sin(i))[0]!),
    other: Array.from({ length: 400 }, (_, i) => vectors(1, 64, Math.cos(i))[0]!),
  }, { rowGroupSize: 100 });
  const source = counted(blobSource("x.parquet", new Blob([file])));
  const table = await openParquet([source]);
  const features = await parquetContents(table, { features: "emb" }).matrix("features", "[n, d]");
  source.bytesRead = 0;
  await features.read(210, new Float32Array(64 * 10));
  assert.ok(source.bytesRead < file.length / 6, `${source.bytesRead} of ${file.length} bytes`);
  source.bytesRead = 0;
  await features.read(220, new Float32Array(64 * 10));
  assert.equal(source.bytesRead, 0);
});

Deno.test("parquet: a long row group with an index is decoded in parts", async () => {
  const rows = vectors(500, 16);
  const file = write([listOf("emb", "FLOAT")], { emb: rows }, {
    pageSize: 1000,
    rowGroupSize: 500,
  });
  const source = counted(bytesOf("x.parquet", file));
  const table = await openParquet([source]);
  assert.equal(table.groups.length, 1);
  const features = await parquetRows(table, "features", table.columns, 50 * 16);
  source.bytesRead = 0;
  const target = new Float32Array(3 * 16);
  await features.read(497, target);
  assert.deepEqual([...target], rows.slice(497).flat());
  assert.ok(source.bytesRead < file.length / 4, `${source.bytesRead} of ${file.length} bytes`);
  for (const block of [7, 50, 500]) assert.deepEqual(await inBlocks(features, block), rows.flat());
});

Deno.test("parquet: a long row group without an index is decoded page by page", async () => {
  const rows = vectors(500, 16);
  const scalars = rows.map(([value]) => value! / 3);
  const schema = [
    { name: "root", num_children: 2 },
    ...listOf("emb", "FLOAT"),
    ...one("x", "DOUBLE"),
  ];
  const columnData = [{ name: "emb", data: rows }, { name: "x", data: scalars }];
  for (const codec of ["UNCOMPRESSED", "SNAPPY"] as const) {
    const buffer = parquetWriteBuffer({
      columnData: columnData.map((column) => ({ ...column, offsetIndex: false })),
      schema,
      codec,
      ...{ pageSize: 1000, rowGroupSize: 500 },
    });
    const file = new Uint8Array(buffer);
    const source = counted(bytesOf("x.parquet", file));
    const table = await openParquet([source]);
    const [emb, x] = table.columns;
    const features = await parquetRows(table, "features", [emb!], 50 * 16);
    const first = new Float32Array(3 * 16);
    source.bytesRead = 0;
    await features.read(0, first);
    assert.deepEqual([...first], rows.slice(0, 3).flat());
    // The header of a page is read with 4 kB, and then the page.
    assert.ok(source.bytesRead < file.length, `${source.bytesRead} of ${file.length} bytes`);
    for (const block of [7, 50, 500]) {
      assert.deepEqual(await inBlocks(features, block), rows.flat());
    }
    for (const start of [480, 3, 250, 249, 0, 497]) {
      const target = new Float32Array(3 * 16);
      await features.read(start, target);
      assert.deepEqual([...target], rows.slice(start, start + 3).flat(), `row ${start}`);
    }
    // Two readers of the column at the same time take turns.
    const both = await Promise.all(
      [50 * 16, 60 * 16].map(async (window) =>
        await inBlocks(await parquetRows(table, "features", [emb!], window), 7)
      ),
    );
    assert.deepEqual(both, [rows.flat(), rows.flat()]);
    const numbers = await parquetRows(table, "features", [x!], 50);
    assert.deepEqual(await inBlocks(numbers, 7), scalars.map(Math.fround));
  }
});

Deno.test("parquet: ragged lists, nulls, NaN and numbers beyond float32 are named", async () => {
  const bad = async (emb: unknown[], message: string) => {
    const file = write([listOf("emb", "DOUBLE")], { emb }, { rowGroupSize: 2 });
    await refuses(async () => {
      await readAll(await parquetContents(await open(file)).matrix("features", "[n, d]"));
    }, `Cannot use features in pool: ${message}`);
  };
  await bad([[1, 2], [3, 4], [5]], "row 2 has 1 columns, row 0 has 2");
  await bad([[1, 2], [3, 4], []], "row 2 has 0 columns, row 0 has 2");
  await bad([[1, 2], [3, 4], [5, 6], null], "row 3 is null");
  await bad([null, [1, 2]], "row 0 is null");
  await bad([[1, 2], [3, null]], "null at row 1, column 1");
  await bad([[1, 2], [3, 4], [NaN, 1]], "NaN at row 2, column 0");
  await bad([[1, 2], [3, 4], [1, -Infinity]], "-infinity at row 2, column 1");
  await bad([[1, 2], [3, 4], [1, 1e300]], "1e+300, too large for float32, at row 2, column 1");
  await bad([[], []], "it has no columns");
});

Deno.test("parquet: what is not there, or in doubt, is named", async () => {
  const table = await open(write([listOf("a", "FLOAT"), listOf("b", "FLOAT"), one("c", "INT32")], {
    a: vectors(2, 2),
    b: vectors(2, 2),
    c: [1, null],
  }));
  const matrix = (table_ = table) => parquetContents(table_).matrix("features", "[n, d]");
  await refuses(
    () => matrix(),
    "Cannot choose the features in pool: a, b are columns of lists, name one",
  );
  await refuses(
    () => parquetContents(table, { features: "emb" }),
    "Cannot find the column emb in pool: its columns of numbers are a, b, c",
  );
  const labels = (name: string) => parquetContents(table, { labels: name }).vector("labels");
  await refuses(
    () => labels("d"),
    "Cannot find the column d in pool: its columns of numbers are a, b, c",
  );
  await refuses(
    () => labels("a"),
    "Cannot use labels in pool: it holds lists, and numbers are needed",
  );
  await refuses(() => labels("c"), "Cannot use labels in pool: null at row 1, column 0");
  await refuses(
    () => parquetContents(table).vector("labels"),
    "Cannot find labels in pool: its columns of numbers are a, b, c",
  );
  const text = new Uint8Array(parquetWriteBuffer({ columnData: [{ name: "t", data: ["x"] }] }));
  await refuses(
    async () => matrix(await open(text)),
    "Cannot find features in pool: it has no columns of numbers",
  );
  const none = write([one("a", "INT32")], { a: [] });
  await refuses(
    async () => matrix(await open(none)),
    "Cannot use features in pool: it has no rows",
  );
});

Deno.test("parquet: shards must have the same columns", async () => {
  await refuses(
    () =>
      open(
        write([listOf("emb", "FLOAT")], { emb: vectors(2, 2) }),
        write([one("emb", "FLOAT"), one("x", "INT32")], { emb: [1], x: [1] }),
      ),
    "Cannot use 1.parquet: its columns of numbers are emb, x, and those of 0.parquet are emb (lists)",
  );
});

Deno.test("parquet: what is no parquet file, or cut off, or damaged, is refused", async () => {
  const whole = write([listOf("emb", "FLOAT")], { emb: vectors(300, 8) });
  const wrong = "Cannot read 0.parquet: it is not a parquet file, its first bytes are wrong";
  for (const length of [0, 3]) await refuses(() => open(whole.slice(0, length)), wrong);
  await refuses(() => open(new Uint8Array(100)), wrong);
  for (const length of [4, 8, 100, whole.length - 1]) {
    await refuses(
      () => open(whole.slice(0, length)),
      `Cannot read 0.parquet: truncated, its ${length} bytes end without a footer`,
    );
  }
  for (const at of [4, whole.length - 8, whole.length - 30]) {
    const bytes = whole.slice().fill(0xff, at, at + 4);
    await assert.rejects(
      async () => readAll(await parquetContents(await open(bytes)).matrix("features", "[n, d]")),
      { name: "InputError", message: /^Cannot read 0\.parquet: it is damaged \(.+\)$/ },
    );
  }
});

Deno.test("parquet: every compression that pandas and Hugging Face write", async () => {
  const rows = vectors(40, 3);
  const compressors = {
    GZIP: gzipSync,
    ZSTD: (bytes: Uint8Array) => new Uint8Array(zstdCompressSync(bytes)),
    BROTLI: (bytes: Uint8Array) => new Uint8Array(brotliCompressSync(bytes)),
    LZ4_RAW: lz4Literals,
  };
  for (const codec of ["UNCOMPRESSED", "SNAPPY", "GZIP", "ZSTD", "BROTLI", "LZ4_RAW"] as const) {
    const file = write([listOf("emb", "FLOAT")], { emb: rows }, { codec, compressors });
    const features = await parquetContents(await open(file)).matrix("features", "[n, d]");
    assert.deepEqual(Array.from(await readAll(features)), rows.flat(), codec);
  }
});

/** An LZ4 block that repeats nothing: a token, the length in bytes of 255, and the bytes. */
function lz4Literals(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 15) return Uint8Array.of(bytes.length << 4, ...bytes);
  const rest = bytes.length - 15;
  const full = new Array<number>(Math.floor(rest / 255)).fill(255);
  return Uint8Array.of(0xf0, ...full, rest % 255, ...bytes);
}

Deno.test("parquet: unknown compression is named", async () => {
  const file = write([listOf("emb", "FLOAT")], { emb: vectors(3, 2) }, {
    codec: "LZO",
    compressors: { LZO: (bytes) => bytes },
  });
  await refuses(
    async () => parquetContents(await open(file)).matrix("features", "[n, d]"),
    "Cannot read emb in 0.parquet: it is compressed with LZO, and only UNCOMPRESSED, SNAPPY, GZIP, " +
      "BROTLI, ZSTD, LZ4, LZ4_RAW can be read",
  );
});
