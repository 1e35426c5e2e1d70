/** Our half floats against the runtime's: they must be the same, bit for bit. */

import assert from "node:assert/strict";
import fc from "fast-check";
import {
  decodeHalves,
  encodeHalf,
  encodeHalves,
  halfTable,
  roundToHalf,
  roundToHalves,
} from "../src/half-floats.ts";

/** The bits that `Float16Array` stores for a number. */
function nativeBits(value: number): number {
  return new Uint16Array(Float16Array.of(value).buffer)[0]!;
}

function checkNumber(value: number): void {
  // Which of the many NaNs is stored, the language leaves to the runtime.
  if (Number.isNaN(value)) assert.ok((encodeHalf(value) & 0x7fff) > 0x7c00);
  else assert.equal(encodeHalf(value), nativeBits(value), `bits of ${value}`);
  assert.ok(Object.is(roundToHalf(value), Math.f16round(value)), `${value} rounded`);
}

const ALL = Uint16Array.from({ length: 65536 }, (_, bits) => bits);

Deno.test("half floats: each of the 65,536 is decoded as by Float16Array, and encoded back", () => {
  const native = new Float16Array(ALL.buffer);
  const decoded = decodeHalves(ALL);
  const encoded = encodeHalves(decoded);
  for (const bits of ALL) {
    assert.ok(Object.is(decoded[bits], native[bits]!), `half ${bits}`);
    assert.ok(Object.is(halfTable()[bits], native[bits]!), `half ${bits} of the table`);
    assert.equal(encoded[bits], Number.isNaN(native[bits]) ? 0x7e00 : bits);
  }
});

Deno.test("half floats: halfway between two neighbors the even one wins, and beside it the nearer", () => {
  const table = halfTable();
  for (let bits = 0; bits < 0x7c00; bits++) {
    const below = table[bits]!;
    // Above the largest half float stands what the next one would be.
    const above = bits === 0x7bff ? 65536 : table[bits + 1]!;
    const middle = (below + above) / 2;
    const step = (above - below) * 2 ** -30;
    for (const value of [middle, middle - step, middle + step]) {
      checkNumber(value);
      checkNumber(-value);
    }
  }
});

Deno.test("half floats: any number is rounded as by Float16Array", () => {
  const inRange = fc.double({ min: -70000, max: 70000 });
  const subnormal = fc.double({ min: -(2 ** -13), max: 2 ** -13 });
  fc.assert(fc.property(fc.oneof(fc.double(), fc.float(), inRange, subnormal), checkNumber), {
    numRuns: 20_000,
  });
  for (const value of [0, -0, NaN, Infinity, -Infinity, 65519.99, 65520, 2 ** -24, 2 ** -25]) {
    checkNumber(value);
    checkNumber(-value);
  }
});

Deno.test("half floats: arrays are rounded once, from all their digits", () => {
  // Through float32 the first would become a tie, and be rounded down.
  const values = [1 + 2 ** -11 + 2 ** -40, 1 + 2 ** -11, -0.1, 1e-8];
  const rounded = Float64Array.from(values);
  roundToHalves(rounded);
  assert.deepEqual([...rounded], values.map(Math.f16round));
  assert.deepEqual([...encodeHalves(values)], values.map(nativeBits));
});
