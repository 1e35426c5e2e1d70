/**
 * Small gray images as PNG data URIs (PNG specification, third edition: a signature and three
 * chunks).
 *
 * @module
 */

import { zlibSync } from "fflate";
import { crc32 } from "../../io/compressed/crc32.ts";

/** The first bytes of every PNG file. */
const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];

/**
 * Encodes a gray image as a data URI.
 *
 * @param pixels the gray levels, row-major, 0 for black to 255 for white
 * @param width the number of pixels in a row
 */
export function grayPng(pixels: Uint8Array, width: number): string {
  const height = pixels.length / width;
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header[8] = 8; // bits per pixel; color type, compression, filter and interlace are all 0
  const lines = new Uint8Array(height * (width + 1)); // each line starts with its filter, 0
  for (let y = 0; y < height; y++) {
    lines.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  }
  const bytes = [
    ...SIGNATURE,
    ...chunk("IHDR", header),
    ...chunk("IDAT", zlibSync(lines)),
    ...chunk("IEND", new Uint8Array()),
  ];
  return `data:image/png;base64,${btoa(String.fromCharCode(...bytes))}`;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set([...type].map((letter) => letter.charCodeAt(0)), 4);
  bytes.set(data, 8);
  view.setUint32(data.length + 8, crc32(bytes.subarray(4, data.length + 8)));
  return bytes;
}
