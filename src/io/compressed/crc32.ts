/**
 * The CRC-32 of zip and gzip files (ISO 3309), which fflate computes but does not export.
 *
 * @module
 */

/** Eight tables of 256 numbers: table k is for a byte that k bytes follow. */
let tables: Uint32Array | undefined;

function makeTables(): Uint32Array {
  const all = new Uint32Array(8 * 256);
  for (let i = 0; i < 256; i++) {
    let crc = i;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    all[i] = crc;
  }
  for (let i = 256; i < all.length; i++) {
    const before = all[i - 256]!;
    all[i] = (before >>> 8) ^ all[before & 255]!;
  }
  return all;
}

/**
 * Computes the CRC-32 of bytes, eight at a time (Kounavis and Berry, "Novel table lookup-based
 * algorithms for high-performance CRC generation", 2008).
 *
 * @param bytes the bytes
 * @param before the CRC-32 of the bytes before them. Default: that of none, 0
 * @returns an unsigned 32-bit number
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  const t = tables ??= makeTables();
  let crc = ~before;
  let i = 0;
  for (const end = bytes.length - 7; i < end; i += 8) {
    crc ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    crc = t[1792 + (crc & 255)]! ^ t[1536 + ((crc >>> 8) & 255)]! ^
      t[1280 + ((crc >>> 16) & 255)]! ^ t[1024 + (crc >>> 24)]! ^
      t[768 + bytes[i + 4]!]! ^ t[512 + bytes[i + 5]!]! ^ t[256 + bytes[i + 6]!]! ^
      t[bytes[i + 7]!]!;
  }
  for (; i < bytes.length; i++) crc = (crc >>> 8) ^ t[(crc ^ bytes[i]!) & 255]!;
  return ~crc >>> 0;
}
