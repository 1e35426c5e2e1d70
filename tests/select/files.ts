/** The golden files, read from disk. */

import { join } from "node:path";
import { bytesOf } from "../../src/io/bytes.ts";
import { type Npz, openNpz } from "../../src/io/numpy/npz.ts";
import { type GoldenCase, parseGolden } from "./golden.ts";

/** Where they are. */
export const GOLDEN_FOLDER = join(import.meta.dirname!, "..", "golden");

/** A case by name. */
export async function loadGolden(name: string): Promise<GoldenCase> {
  const path = join(GOLDEN_FOLDER, name);
  return await parseGolden(
    await Deno.readTextFile(`${path}.json`),
    await Deno.readFile(`${path}.npz`),
  );
}

/** The arrays of a file by name. */
export async function loadNpz(name: string): Promise<Npz> {
  const path = join(GOLDEN_FOLDER, `${name}.npz`);
  return await openNpz(bytesOf(path, await Deno.readFile(path)));
}
