/**
 * The formats that are fuzzed: the seeds of each, and how mutants of them are made.
 *
 * @module
 */

import { gzipSync, zipSync } from "fflate";
import { encodeNpy } from "../../src/io/numpy/npy.ts";
import { encodeNpz } from "../../src/io/numpy/npz.ts";
import { encodeSafetensors } from "../../src/io/safetensors.ts";
import { type Draw, mutate } from "./mutate.ts";

/** The formats, by their extensions. */
export const FORMATS = ["npy", "npz", "parquet", "safetensors", "csv", "gz"] as const;

/** A format. */
export type Format = typeof FORMATS[number];

/** Seeds that the encoders of Creel do not write, such as parquet files by pyarrow 25. */
const CORPUS = new URL("../../tests/io/corpus/", import.meta.url);

/** Returns the seeds of a format. */
export async function seedsOf(format: Format): Promise<Uint8Array[]> {
  const kept: Uint8Array[] = [];
  for (const { name } of await filesIn(format)) {
    kept.push(await Deno.readFile(new URL(`${format}/${name}`, CORPUS)));
  }
  return [...made(format), ...kept];
}

async function filesIn(format: Format): Promise<Deno.DirEntry[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(new URL(`${format}/`, CORPUS)));
    return entries.sort((a, b) => a.name < b.name ? -1 : 1);
  } catch {
    return [];
  }
}

/** Returns a mutant; those of archives are made before or after they are packed. */
export function mutantOf(format: Format, seeds: readonly Uint8Array[], draw: Draw): Uint8Array {
  if (format === "npz" && draw(2) === 0) {
    const inner = made("npy");
    const member = () => mutate(inner[draw(inner.length)]!, inner, draw);
    const level = draw(2) === 0 ? 0 : 6;
    return zipSync({ "a.npy": member(), "b.npy": inner[0]! }, { level });
  }
  if (format === "gz" && draw(3) === 0) {
    const inner = made("csv");
    return gzipSync(mutate(inner[draw(inner.length)]!, inner, draw));
  }
  return mutate(seeds[draw(seeds.length)]!, seeds, draw);
}

/** The seeds that Creel writes itself. */
function made(format: Format): Uint8Array[] {
  const floats = Float32Array.from({ length: 30 }, (_, i) => (i * i) / 8 - 20);
  const labels = BigInt64Array.from({ length: 6 }, (_, i) => BigInt(i % 3));
  const text = (content: string) => new TextEncoder().encode(content);
  const tables = [
    "a,b,label\n1,2.5,7\n-3e4,+.4,8\n5,6,9\n",
    '"x";"y ""z"""\r\n1;2\r\n"3";4\r\n',
    "1\t2\n3\t4\n\n",
  ];
  switch (format) {
    case "npy":
      return [
        encodeNpy(floats, [6, 5]),
        encodeNpy(Float64Array.from(floats), [30]),
        encodeNpy(labels, [6]),
        encodeNpy(Uint8Array.from(floats), [5, 6]),
        rewritten(encodeNpy(floats, [5, 6]), "False", "True "),
        rewritten(encodeNpy(Uint16Array.from(floats), [30]), "<u2", ">f2"),
        rewritten(encodeNpy(Uint8Array.of(0, 1, 1, 0), [4]), "|u1", "|b1"),
      ];
    case "npz": {
      const features = { data: floats, shape: [6, 5] };
      const entry = encodeNpy(floats, [6, 5]);
      return [
        encodeNpz({ features, labels: { data: labels, shape: [6] } }),
        zipSync({ "features.npy": entry, "labels.npy": encodeNpy(labels, [6]) }, { level: 0 }),
      ];
    }
    case "safetensors":
      return [
        encodeSafetensors({ a: { shape: [6, 5], data: floats } }, { format: "pt" }),
        encodeSafetensors({
          a: { shape: [5, 2], data: floats.subarray(0, 10) },
          "b.c": { shape: [20], data: floats.subarray(10) },
        }),
        rewritten(
          encodeSafetensors({ h: { shape: [3], data: floats.subarray(0, 3) } }),
          "F32",
          "I32",
        ),
      ];
    case "csv":
      return tables.map(text);
    case "gz":
      return tables.map((table) => gzipSync(text(table), { mtime: 0 }));
    case "parquet":
      return [];
  }
}

/** Replaces a text of ASCII in a file by another of the same length. */
function rewritten(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const at = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("").indexOf(from);
  const copy = bytes.slice();
  copy.set(new TextEncoder().encode(to), at);
  return copy;
}
