import assert from "node:assert/strict";
import fc from "fast-check";
import { gzipSync } from "fflate";
import { bytesOf } from "../../src/io/bytes.ts";
import { csvRows, readCsv } from "../../src/io/csv/csv.ts";
import { readAll } from "../../src/io/rows.ts";
import { inBlocks, refuses, same } from "./fixtures.ts";

const read = (text: string, name = "pool.csv") =>
  readCsv(bytesOf(name, new TextEncoder().encode(text)));

async function values(text: string): Promise<number[][]> {
  const { columns, rows, values } = await read(text);
  return Array.from({ length: rows }, (_, i) => [...values.slice(i * columns, (i + 1) * columns)]);
}

const table = fc.record({
  columns: fc.integer({ min: 1, max: 6 }),
  rows: fc.integer({ min: 1, max: 12 }),
}).chain(({ columns, rows }) => {
  const cell = fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0);
  return fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), {
    minLength: rows,
    maxLength: rows,
  });
});

Deno.test("csv: any table reads back, whatever delimiter, line end, quotes, header or compression", async () => {
  const style = fc.record({
    delimiter: fc.constantFrom(",", ";", "\t"),
    newline: fc.constantFrom("\n", "\r\n"),
    header: fc.boolean(),
    quoted: fc.boolean(),
    space: fc.constantFrom("", " "),
    blank: fc.integer({ min: 0, max: 3 }),
    gzip: fc.boolean(),
  });
  await fc.assert(fc.asyncProperty(table, style, async (rows, style) => {
    const { delimiter, newline, space } = style;
    const cell = (value: number | string) => style.quoted ? `"${value}"` : `${space}${value}`;
    const lines = rows.map((row) => row.map(cell).join(delimiter));
    const names = rows[0]!.map((_, i) => `f${i}`);
    if (style.header) lines.unshift(names.map(cell).join(delimiter));
    const text = lines.join(newline) + newline.repeat(style.blank);
    const bytes = new TextEncoder().encode(text);
    const found = await readCsv(bytesOf("x.csv", style.gzip ? gzipSync(bytes) : bytes));
    assert.deepEqual([found.rows, found.columns], [rows.length, names.length]);
    assert.deepEqual(found.header, style.header ? names : undefined);
    assert.deepEqual([...found.values].map((value) => value + 0), rows.flat());
  }));
});

Deno.test("csv: a table longer than one chunk reads back", async () => {
  const rows = Array.from({ length: 60_000 }, (_, i) => [i, i / 7, -i - 1]);
  const { header, values } = await read(`a,b,"c\nd"\r\n${rows.map(String).join("\r\n")}`);
  assert.deepEqual(header, ["a", "b", "c\nd"]);
  same(values, rows.flat());
});

Deno.test("csv: numbers as people and programs write them", async () => {
  assert.deepEqual(await values("1,-2.5,+3,.5,4.,1e3,2E-2,-0.1e+1,  7 \n"), [
    [1, -2.5, 3, 0.5, 4, 1000, 0.02, -1, 7],
  ]);
  assert.deepEqual(await values("\uFEFF1,2\n3,4"), [[1, 2], [3, 4]]);
});

Deno.test("csv: the first line is a header if a cell is neither empty nor a number", async () => {
  assert.deepEqual((await read("a,1\n2,3\n")).header, ["a", "1"]);
  assert.deepEqual((await read(",a\n2,3\n")).header, ["", "a"]);
  assert.deepEqual((await read('"x, y","say ""z"""\n2,3\n')).header, ["x, y", 'say "z"']);
  assert.equal((await read("1,2\n3,4\n")).header, undefined);
  assert.equal((await read("a,b\n")).rows, 0);
});

Deno.test("csv: what is wrong is named by line and column", async () => {
  const bad = (text: string, message: string) =>
    refuses(() => read(text), `Cannot read pool.csv: ${message}`);
  await bad("1,2\n3,4\n5\n", "line 3 has 1 cells, and line 1 has 2");
  await bad("a,b\n1,2,3\n", "line 2 has 3 cells, and line 1 has 2");
  await bad("a,b\n1,2\n3,cat\n", "'cat' at line 3, column 2 is not a finite number");
  await bad("1,2\n,4\n", "the cell at line 2, column 1 is empty");
  await bad(",2\n3,4\n", "the cell at line 1, column 1 is empty");
  await bad("1,2\n3,0x10\n", "'0x10' at line 2, column 2 is not a finite number");
  await bad("1,2\n3,1_000\n", "'1_000' at line 2, column 2 is not a finite number");
  await bad("1,nan\n", "'nan' at line 1, column 2 is not a finite number");
  await bad("1,2\n-inf,3\n", "'-inf' at line 2, column 1 is not a finite number");
  await bad("1,2\n1e999,3\n", "'1e999' at line 2, column 1 is not a finite number");
  await bad("1,2\n\n3,4\n", "line 2 is blank");
  await bad('"a\nb",c\n1,x\n', "'x' at line 3, column 2 is not a finite number");
  await bad('1,2\n3,"4\n5,6\n', "the quote in line 2 is not closed");
  await bad("1;2,5\n3;4\n", "'2,5' at line 1, column 2 is not a finite number");
  await bad(
    `1\n${"9".repeat(30)}x${"9".repeat(30)}\n`,
    `'${"9".repeat(30)}x${"9".repeat(9)}...' at line 2, column 1 is not a finite number`,
  );
  for (const empty of ["", "\n", "\r\n\r\n"]) await bad(empty, "it is empty");
});

Deno.test("csv: rows are read in blocks, all columns or some", async () => {
  const table = await read("1,2,3\n4,5,6\n7,8,9\n");
  const all = csvRows(table, "features");
  assert.deepEqual(await inBlocks(all, 2), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const some = csvRows(table, "features", [2, 0]);
  assert.deepEqual(await inBlocks(some, 2), [3, 1, 6, 4, 9, 7]);
});

Deno.test("csv: numbers beyond float32 are named by row and column", async () => {
  const table = await read("a,b,c\n1,2,3\n4,5,-1e300\n");
  await refuses(
    () => readAll(csvRows(table, "features in pool.csv", [0, 2])),
    "Cannot use features in pool.csv: -1e+300, too large for float32, at row 1, column 1",
  );
});

Deno.test("csv: a header alone is a pool without rows", async () => {
  const table = await read("a,b\n");
  await refuses(
    () => csvRows(table, "features in pool.csv"),
    "Cannot use features in pool.csv: it has no rows",
  );
});
