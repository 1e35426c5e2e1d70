/**
 * Mutations of files: bits, bytes and numbers are changed, and parts removed, repeated or moved.
 *
 * @module
 */

import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** Draws a whole number from 0 to `below - 1`. */
export type Draw = (below: number) => number;

/** Numbers at which programs fail. */
const EDGES = [0, 1, 2, 7, 8, 127, 128, 255, 256, 32767, 65535, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];

/** Characters that mean something in headers and in tables. */
const CHARACTERS = ",;:'\"()[]{}<>|=\\\n\r\t 019-+.eELTFx\0";

/** Returns a generator of whole numbers for a seed. */
export function drawFrom(seed: number): Draw {
  const generator = xoroshiro128plus(seed);
  return (below) => uniformInt(generator, 0, below - 1);
}

/** Returns a file with one to four mutations; others are files to take parts from. */
export function mutate(
  seed: Uint8Array,
  others: readonly Uint8Array[],
  draw: Draw,
): Uint8Array<ArrayBuffer> {
  let bytes = seed.slice();
  for (let left = 1 + draw(4); left > 0; left--) bytes = mutateOnce(bytes, others, draw);
  return bytes;
}

function mutateOnce(
  bytes: Uint8Array<ArrayBuffer>,
  others: readonly Uint8Array[],
  draw: Draw,
): Uint8Array<ArrayBuffer> {
  if (bytes.length === 0) return Uint8Array.of(draw(256));
  // Headers and footers are at the ends, and are the parts that a reader believes.
  const near = Math.min(bytes.length, 160);
  const places = [draw(bytes.length), draw(near), bytes.length - 1 - draw(near)];
  const at = places[draw(3)]!;
  const length = 1 + draw(Math.min(1 + draw(40), bytes.length - at));
  const splice = (start: number, end: number, part: Uint8Array) =>
    new Uint8Array([...bytes.subarray(0, start), ...part, ...bytes.subarray(end)]);
  switch (draw(10)) {
    case 0:
    case 1:
      bytes[at]! ^= 1 << draw(8);
      return bytes;
    case 2:
      bytes[at] = draw(256);
      return bytes;
    case 3:
      bytes[at] = CHARACTERS.charCodeAt(draw(CHARACTERS.length));
      return bytes;
    case 4: {
      const view = new DataView(bytes.buffer);
      const edge = EDGES[draw(EDGES.length)]!;
      if (at + 4 <= bytes.length && draw(2) === 0) view.setUint32(at, edge, true);
      else if (at + 2 <= bytes.length && draw(2) === 0) view.setUint16(at, edge, true);
      else bytes[at] = edge;
      return bytes;
    }
    case 5:
      bytes[at] = bytes[at]! + (draw(2) === 0 ? 1 : 255);
      return bytes;
    case 6:
      return splice(at, at + length, new Uint8Array(0));
    case 7:
      return splice(at, at, bytes.slice(at, at + length));
    case 8: {
      const other = others[draw(others.length)] ?? bytes;
      const start = draw(Math.max(1, other.length));
      return splice(at, at + (draw(2) === 0 ? length : 0), other.slice(start, start + length));
    }
    default:
      return draw(4) === 0
        ? bytes.slice(0, at)
        : splice(at, at, Uint8Array.from({ length: 1 + draw(4) }, () => draw(256)));
  }
}
