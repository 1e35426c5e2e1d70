/**
 * Compares what Creel read with what NumPy, pyarrow and safetensors read.
 *
 * @module
 */

import type { Format } from "./formats.ts";
import type { ReadArray } from "./read-everything.ts";

/** A mutant that Creel accepted. */
export interface Accepted {
  /** The number of the mutant. */
  readonly index: number;
  readonly bytes: Uint8Array;
  readonly arrays: readonly ReadArray[];
}

/** A line that `reference.py` prints. */
interface Line {
  readonly file: number;
  readonly refused?: string;
  readonly arrays?: Readonly<Record<string, { shape: number[]; values: string } | null>>;
}

/**
 * What the references refuse and Creel reads on purpose, with the reason:
 *
 * - Metadata that Creel does not read: the Arrow schema, statistics and histograms of sizes in a
 *   parquet file, and the annotations of columns of other types than numbers.
 * - A deflate code without an end of block, which fflate reads where the content and its checksum
 *   are right.
 * - Names of columns and members that are not UTF-8, which Python cannot print.
 */
const EXCEPTIONS: Readonly<Partial<Record<Format, RegExp>>> = {
  parquet:
    /UnicodeDecodeError|[Ss]tatistics|histogram size|Map keys|cannot be applied to|missing end-of-block|ARROW:schema|invalid utf-?8/i,
  npz: /UnicodeDecodeError/,
};

/** Returns the Python that has the packages; undefined if there is none. */
export async function findPython(): Promise<string | undefined> {
  for (const python of [Deno.env.get("CREEL_PYTHON") ?? "python3", "python3"]) {
    try {
      const command = new Deno.Command(python, {
        args: ["-c", "import numpy, pyarrow, safetensors.numpy"],
        stdout: "null",
        stderr: "null",
      });
      if ((await command.output()).success) return python;
    } catch {
      // There is no such program.
    }
  }
  return undefined;
}

/** Returns whether a package of Python reads a format; tables of text have no one reference. */
export function hasReference(format: Format): boolean {
  return format !== "csv" && format !== "gz";
}

/** Returns the mutants that a reference refuses or reads otherwise, each with a sentence. */
export async function compare(
  python: string,
  format: Format,
  accepted: readonly Accepted[],
): Promise<{ index: number; message: string }[]> {
  if (accepted.length === 0) return [];
  const folder = await Deno.makeTempDir({ prefix: "creel-fuzz-" });
  try {
    const files = `${folder}/files`;
    await Deno.mkdir(files);
    for (const { index, bytes } of accepted) await Deno.writeFile(`${files}/${index}`, bytes);
    const names = accepted.map(({ index, arrays }) => [index, arrays.map(({ name }) => name)]);
    await Deno.writeTextFile(`${folder}/names`, JSON.stringify(Object.fromEntries(names)));
    const script = new URL("./reference.py", import.meta.url).pathname;
    const lines = new Map<number, Line>();
    const { stdout, stderr } = await new Deno.Command(python, {
      args: ["-W", "ignore", script, format, files, `${folder}/names`],
      stdout: "piped",
      stderr: "piped",
    }).output();
    for (const text of new TextDecoder().decode(stdout).split("\n")) {
      if (text === "") continue;
      const line: Line = JSON.parse(text);
      lines.set(line.file, line);
    }
    if (lines.size === 0) throw new Error(new TextDecoder().decode(stderr));
    return accepted.flatMap(({ index, arrays }) => {
      const line = lines.get(index);
      const message = line && difference(format, line, arrays);
      return message === undefined ? [] : [{ index, message }];
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function difference(format: Format, line: Line, arrays: readonly ReadArray[]): string | undefined {
  if (line.refused !== undefined) {
    return EXCEPTIONS[format]?.test(line.refused) ? undefined : `refused: ${line.refused}`;
  }
  for (const { name, shape, values } of arrays) {
    const expected = line.arrays![format === "npy" ? "" : name];
    if (expected === undefined) return `${name} is not there`;
    if (expected === null) return `${name} is not made of numbers`;
    if (shape.join() !== expected.shape.join()) {
      return `${name} has shape ${shape}, and the reference has ${expected.shape}`;
    }
    const bytes = Uint8Array.from(atob(expected.values), (char) => char.charCodeAt(0));
    const reference = new Float64Array(bytes.buffer);
    const single = values instanceof Float32Array;
    for (let i = 0; i < values.length; i++) {
      const value = single ? Math.fround(reference[i]!) : reference[i]!;
      if (values[i] !== value && !(Number.isNaN(values[i]!) && Number.isNaN(value))) {
        return `${name} has ${values[i]} at ${i}, and the reference has ${value}`;
      }
    }
  }
  return undefined;
}
