/**
 * Which files of a folder make up one pool. Hugging Face writes a data set as shards called
 * `train-00000-of-00002.parquet`; other tools call them as they like.
 *
 * @module
 */

import { groupBy } from "../../grouping.ts";
import { InputError } from "../../errors.ts";

const huggingFace = /^(.+)-(\d{5})-of-(\d{5})(?:-[0-9a-f]+)?\.parquet$/;

/**
 * Picks the shards of one pool out of a folder's file names.
 *
 * @param folder The folder, for messages.
 * @param files Names of the files in it.
 * @param split The split to take, such as "train", where the names tell splits apart.
 * @returns The .parquet files in sorted order, which is the order of the rows.
 * @throws {InputError} There are none, they belong to several splits, the split that is asked for is
 * not among them, or a shard is missing.
 */
export function poolShards(folder: string, files: readonly string[], split?: string): string[] {
  const shards = files.filter((file) => file.endsWith(".parquet") && !file.startsWith("."));
  if (shards.length === 0) {
    throw new InputError(`Cannot read ${folder}: the folder holds no .parquet files`);
  }
  const splits = groupBy(shards, (shard) => huggingFace.exec(shard)?.[1] ?? "");
  const names = [...splits.keys()].filter((name) => name !== "").sort();
  if (split !== undefined && !names.includes(split)) {
    const found = names.length === 0 ? "its files name no splits" : `its splits are ${list(names)}`;
    throw new InputError(`Cannot find the split ${split} in ${folder}: ${found}`);
  }
  if (split === undefined && names.length > 1) {
    throw new InputError(
      `Cannot read ${folder}: it holds the splits ${list(names)}, and a pool is one of them`,
    );
  }
  const chosen = (split === undefined ? shards : splits.get(split)!).toSorted();
  if (names.length > 0) checkAllThere(folder, chosen);
  return chosen;
}

/** A missing shard would shift the row numbers of all that follow. */
function checkAllThere(folder: string, shards: readonly string[]): void {
  const matches = shards.map((shard) => huggingFace.exec(shard)).filter((match) => match !== null);
  const count = Number(matches[0]![3]);
  const there = new Set(matches.map((match) => Number(match[2])));
  for (let i = 0; i < count; i++) {
    if (!there.has(i)) {
      throw new InputError(
        `Cannot read ${folder}: shard ${i} of ${matches[0]![1]} is missing, ` +
          `and the names say that there are ${count}`,
      );
    }
  }
}

function list(names: readonly string[]): string {
  return names.join(", ");
}
