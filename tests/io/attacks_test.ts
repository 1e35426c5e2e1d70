import assert from "node:assert/strict";
import { gzipSync, zipSync } from "fflate";
import { Watchdog } from "../../tasks/fuzz/watchdog.ts";
import { bytesOf } from "../../src/io/bytes.ts";
import { csvColumn, readCsv } from "../../src/io/csv/csv.ts";
import { gunzip } from "../../src/io/compressed/gzip.ts";
import { expandLimit } from "../../src/io/compressed/limits.ts";
import { openDataset } from "../../src/io/dataset.ts";
import { readIndices } from "../../src/io/integers.ts";
import { encodeNpy } from "../../src/io/numpy/npy.ts";
import { openNpz } from "../../src/io/numpy/npz.ts";
import { matrixRows } from "../../src/io/array.ts";
import { readAll } from "../../src/io/rows.ts";
import { readDataset } from "../../src/io/read-dataset.ts";
import { counted, inFolder, rawNpy, refuses } from "./fixtures.ts";
import { parquet, text } from "./pools.ts";
import { encodeSafetensors } from "../../src/io/safetensors.ts";

/** Hostile files in attacks/, which a mutation or a person made, and the sentence of each. */
const ATTACKS: Readonly<Record<string, string>> = {
  // Endless loops in the levels of pages, in hyparquet 1.31.
  "h_hang_100023.parquet": "it is damaged (the header of a page is wrong)",
  "h_hang_106581.parquet": "it is damaged (a column is not that of the schema)",
  "h_hang_107050.parquet": "it is damaged (the header of a page is wrong)",
  "h_hang_493.parquet": "it is damaged (the header of a page is wrong)",
  "dup.npz": "two of its members are called features.npy",
};

Deno.test("attacks: every hostile file is refused by one sentence, within seconds", async () => {
  using watchdog = new Watchdog();
  for (const [name, reason] of Object.entries(ATTACKS)) {
    const bytes = await Deno.readFile(new URL(`attacks/${name}`, import.meta.url));
    assert.deepEqual(await watchdog.read(name, bytes), {
      kind: "refused",
      message: `Cannot read ${name}: ${reason}`,
    });
  }
  const others = {
    "flipped-bit.npz": "features in flipped-bit.npz: its checksum is wrong, it is damaged",
    "lying-sizes.npz": "probs in lying-sizes.npz: its two zip headers differ in the checksum",
    "nested-bomb.csv.gz.gz":
      "nested-bomb.csv.gz.gz: it is gzip inside gzip, and one layer can be read",
  };
  for (const [name, message] of Object.entries(others)) {
    const bytes = await Deno.readFile(new URL(`attacks/${name}`, import.meta.url));
    assert.deepEqual(await watchdog.read(name, bytes), {
      kind: "refused",
      message: `Cannot read ${message}`,
    });
  }
});

Deno.test("attacks: brackets in an .npy header, nested 65,000 and 4,000 deep", async () => {
  using watchdog = new Watchdog();
  const nested = (depth: number) => rawNpy("(".repeat(depth) + ")".repeat(depth));
  assert.deepEqual(await watchdog.read("x.npy", nested(32_000)), {
    kind: "refused",
    message: "Cannot read x.npy: its .npy header has 64000 bytes, and at most 10000 are allowed",
  });
  assert.deepEqual(await watchdog.read("x.npy", nested(4000)), {
    kind: "refused",
    message: "Cannot read x.npy: its .npy header is malformed",
  });
});

Deno.test("attacks: text that took quadratic time", async () => {
  using watchdog = new Watchdog(20_000);
  const digits = `${"1".repeat(2_000_000)}x`;
  const { kind, message } = await watchdog.read("x.csv", text(`a,b\n1,${digits}\n`)) as {
    kind: string;
    message: string;
  };
  assert.equal(kind, "refused");
  const shown = `${"1".repeat(40)}...`;
  assert.equal(
    message,
    `Cannot read x.csv: '${shown}' at line 2, column 2 is not a finite number`,
  );
  const open = text(`a,b\n1,"${"2\n".repeat(1_500_000)}`);
  assert.deepEqual(await watchdog.read("x.csv", open), {
    kind: "refused",
    message: "Cannot read x.csv: the quote in line 2 is not closed",
  });
});

Deno.test("attacks: every reader reads a file of twice the size with twice the bytes", async () => {
  const values = (n: number) => Float32Array.from({ length: n }, (_, i) => (i % 100) / 4);
  const makers: Record<string, (n: number) => Uint8Array> = {
    "x.npy": (n) => encodeNpy(values(n), [n / 4, 4]),
    "x.npz": (n) => zipSync({ "features.npy": encodeNpy(values(n), [n / 4, 4]) }, { level: 0 }),
    "x.safetensors": (n) => encodeSafetensors({ features: { shape: [n / 4, 4], data: values(n) } }),
    "x.csv": (n) => text(`${values(n).join("\n")}\n`),
    "x.csv.gz": (n) => gzipSync(text(`${values(n).join("\n")}\n`)),
    "x.parquet": (n) =>
      parquet(
        Array.from({ length: n / 4 }, (_, i) => [...values(4).map((x) => x + i)]),
        Array.from({ length: n / 4 }, (_, i) => BigInt(i % 3)),
      ),
  };
  for (const [name, make] of Object.entries(makers)) {
    const [once, twice] = await Promise.all([80_000, 160_000].map(async (n) => {
      const file = make(n);
      const source = counted(bytesOf(name, file));
      const { features } = await readDataset(source);
      for (let row = 0; row < features.rows; row += 1000) {
        const rows = Math.min(1000, features.rows - row);
        await features.read(row, new Float32Array(rows * features.columns));
      }
      return source.bytesRead / file.length;
    }));
    assert.ok(once! < 1.5 && twice! < 1.5, `${name}: ${once} and ${twice} times the file`);
  }
});

Deno.test("attacks: lines end in LF, CR LF or CR, also where a chunk ends between them", async () => {
  for (const end of ["\n", "\r\n", "\r"]) {
    const table = await readCsv(bytesOf("x.csv", text(["a,b", "1,2", '"3",4', ""].join(end))));
    assert.deepEqual([table.header, [...table.values]], [["a", "b"], [1, 2, 3, 4]]);
    const rows = 1100;
    const cell = `1.5${"0".repeat(1000)}`;
    for (let pad = 0; pad < 4; pad++) {
      // A chunk has 2^20 bytes: it ends before, in or after the end of row 1000.
      const first = 2 ** 20 - 1000 * (cell.length + end.length) - 2 * end.length + pad;
      const long = `${"0".repeat(first)}7${end}` + `${cell}${end}`.repeat(rows);
      const values = csvColumn(await readCsv(bytesOf("x.csv", text(long))), 0);
      assert.equal(values.length, rows + 1);
      assert.ok(values.subarray(1).every((value) => value === 1.5));
    }
  }
  const error = "Cannot read x.csv: 'x' at line 3, column 1 is not a finite number";
  await refuses(() => readCsv(bytesOf("x.csv", text("a\r1\rx\r"))), error);
});

Deno.test("attacks: gzip and deflate expand as far as is allowed", async () => {
  const bomb = gzipSync(new Uint8Array(2 ** 20));
  const name = "x.csv.gz";
  await refuses(
    () => gunzip(bytesOf(name, bomb), { maxExpandBytes: 2 ** 20 - 1 }),
    `Cannot read ${name}: its ${bomb.length} compressed bytes expand to more than 1048575; ` +
      "if that is meant, allow more with --max-expand (maxExpandBytes in programs)",
  );
  assert.equal((await gunzip(bytesOf(name, bomb), { maxExpandBytes: 2 ** 20 })).size, 2 ** 20);
  assert.equal((await gunzip(bytesOf(name, bomb))).size, 2 ** 20);
  // Without the option: any ratio up to 64 MiB, 200 beyond, and at most 4 GiB.
  const limits = [10, 1e6, 1e9].map((compressed) => expandLimit(compressed));
  assert.deepEqual(limits, [2 ** 26, 2e8, 2 ** 32]);
  await refuses(
    () => readDataset(bytesOf(name, bomb), { maxExpandBytes: 0.5 }),
    "Cannot use maxExpandBytes 0.5: it must be a whole number above 0",
  );
  const array = encodeNpy(new Float32Array(50_000), [500, 100]);
  const npz = bytesOf("x.npz", zipSync({ "features.npy": array }));
  assert.equal((await readDataset(npz)).features.rows, 500);
  await assert.rejects(
    () => readDataset(npz, { maxExpandBytes: 100_000 }),
    /^InputError: Cannot read features in x\.npz: its \d+ compressed bytes expand to more than 1/,
  );
});

Deno.test("attacks: a flipped bit of a stored member is refused in any order of reading", async () => {
  const features = encodeNpy(Float32Array.from({ length: 4000 }, (_, i) => i), [1000, 4]);
  const zip = zipSync({ "features.npy": features }, { level: 0 });
  const open = async (bytes: Uint8Array) => {
    const source = counted(bytesOf("x.npz", bytes));
    return { source, rows: matrixRows(await (await openNpz(source)).open("features")) };
  };
  const refused = "Cannot read features in x.npz: its checksum is wrong, it is damaged";
  for (const at of [200, 8000, 30 + 12 + features.length - 1]) {
    const bytes = zip.slice();
    bytes[at]! ^= 1;
    await refuses(async () => await readAll((await open(bytes)).rows), refused);
    const { rows } = await open(bytes);
    for (let i = 0; i < 2; i++) {
      await refuses(() => rows.read(500, new Float32Array(4)), refused);
    }
    // Concurrent reads: the one that comes to the end tells.
    const both = await open(bytes);
    const halves = [0, 500].map((row) => both.rows.read(row, new Float32Array(2000)));
    assert.ok((await Promise.allSettled(halves)).some(({ status }) => status === "rejected"));
  }
  const whole = await open(zip);
  const opening = whole.source.bytesRead;
  for (let row = 0; row < 1000; row += 100) await whole.rows.read(row, new Float32Array(400));
  assert.equal(whole.source.bytesRead - opening, 16_000, "in order, every byte is read once");
});

Deno.test("attacks: zip headers that differ, members that overlap, and bytes behind an array", async () => {
  const array = encodeNpy(Float32Array.of(1, 2), [2, 1]);
  const zip = zipSync({ "a.npy": array, "b.npy": array }, { level: 0 });
  const view = new DataView(zip.buffer);
  const directory = view.getUint32(zip.length - 6, true);
  const bad = async (change: (view: DataView) => void, message: string) => {
    const copy = zip.slice();
    change(new DataView(copy.buffer));
    const open = async () => await (await openNpz(bytesOf("x.npz", copy))).open("a");
    await refuses(open, message);
  };
  const differ = "Cannot read a in x.npz: its two zip headers differ in";
  await bad((view) => view.setUint8(30, 99), `${differ} their names`);
  await bad((view) => view.setUint32(14, 1, true), `${differ} the checksum`);
  await bad((view) => view.setUint32(22, 1, true), `${differ} the size`);
  await bad((view) => view.setUint32(18, 1, true), `${differ} the size`);
  await bad((view) => view.setUint16(8, 8, true), `${differ} the compression`);
  const sizes = [18, 22, directory + 20, directory + 24];
  await bad(
    (view) => sizes.forEach((at) => view.setUint32(at, array.length + 1, true)),
    "Cannot read a in x.npz: it overlaps another part of the zip file",
  );
  await bad(
    (view) => view.setUint16(zip.length - 12, 3, true),
    "Cannot read x.npz: its zip directory is damaged",
  );
  const longer = zipSync({ "a.npy": new Uint8Array([...array, 0]) }, { level: 0 });
  await refuses(
    async () => await (await openNpz(bytesOf("x.npz", longer))).open("a"),
    `Cannot read a in x.npz: its array ends at byte ${array.length} of ${array.length + 1}`,
  );
});

Deno.test({
  name: "attacks: pipes and devices are refused at once",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (folder) => {
      const pipe = `${folder}/pool.npy`;
      assert.ok((await new Deno.Command("mkfifo", { args: [pipe] }).output()).success);
      const command = new Deno.Command(Deno.execPath(), {
        args: ["eval", `await (await import("${FILES}")).openDataset("${pipe}")`],
        stderr: "piped",
        env: { NO_COLOR: "1" },
      });
      const child = command.spawn();
      const timer = setTimeout(() => child.kill("SIGKILL"), 20_000);
      const { stderr, signal } = await child.output();
      clearTimeout(timer);
      assert.equal(signal, null, "opening a pipe waits");
      assert.match(
        new TextDecoder().decode(stderr),
        /Cannot read .*pool\.npy: it is a pipe, and only files can be read/,
      );
      await refuses(
        () => openDataset("/dev/null"),
        "Cannot read /dev/null: it is not a regular file",
      );
    }),
});

/** The module that opens files. */
const FILES = new URL("../../src/entries/files.ts", import.meta.url).href;

Deno.test("attacks: messages are bounded, and say what was found", async () => {
  const names = Array.from({ length: 3000 }, (_, i) => `column_${i}_${"x".repeat(400)}`);
  const table = text(`${names.join(",")}\n${names.map(() => 1).join(",")}\n`);
  const error = await readDataset(bytesOf("x.csv", table), { features: "y" }).catch((e) => e);
  assert.ok(error.message.length < 2500, `${error.message.length} characters`);
  assert.match(error.message, /^Cannot find the column y in x\.csv: .*\.\.\. and 2980 more$/);
  const huge = rawNpy(
    `{'descr': '<f4', 'fortran_order': False, 'shape': (${"9007199254740991, ".repeat(30)}0, 2)}`,
  );
  await refuses(
    () => readDataset(bytesOf("x.npy", huge)),
    `Cannot use features in x.npy: its shape is [${
      "9007199254740991, ".repeat(5).slice(0, 80)
    }...], and it must be [n, d]`,
  );
  const large = rawNpy(
    `{'descr': '<f4', 'fortran_order': False, 'shape': (${"9007199254740991, ".repeat(30)})}`,
  );
  const found = large.length;
  await refuses(
    () => readDataset(bytesOf("x.npy", large)),
    `Cannot read x.npy: truncated, ${found} bytes found and more than any file has needed`,
  );
});

Deno.test("attacks: a mask of zeros and ones is a mask, whatever its type", async () => {
  const vector = (values: number[]) => ({ name: "labeled", dtype: "i64", values });
  assert.deepEqual([...readIndices(vector([0, 1, 1, 0, 1]), 5)], [1, 2, 4]);
  assert.deepEqual([...readIndices(vector([1, 0]), 5)], [1, 0]);
  await refuses(
    () => readIndices(vector([0, 1, 1]), 5),
    "Cannot use labeled: the mask has 3 values, and the pool has 5 rows",
  );
  await refuses(
    () => readIndices(vector([2, 2, 1]), 5),
    "Cannot use labeled: index 2 occurs twice",
  );
});
