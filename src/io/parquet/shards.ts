/**
 * The files of a folder that are the shards of one pool. Those of Hugging Face have names such as
 * `train-00000-of-00002.parquet`; other programs use any names.
 *
 * @module
 */

import { groupBy } from "../../grouping.ts";
import { InputError } from "../../errors.ts";

/** The name of a shard by Hugging Face: the split, the index and the number of shards. */
const SHARD_NAME = /^(.+)-(\d{5})-of-(\d{5})(?:-[0-9a-f]+)?\.parquet$/;

/**
 * Returns the shards of one pool among the files of a folder.
 *
 * @param folder the name of the folder in error messages
 * @param files the names of the files in the folder
 * @param split the split to read, such as "train", if the names contain splits
 * @returns the .parquet files in sorted order, which is the order of the rows
 * @throws {InputError} if there are none, they belong to several splits and none is given, the
 * given split does not exist, or a shard is missing
 */
export function poolShards(folder: string, files: readonly string[], split?: string): string[] {
  const shards = files.filter((file) => file.endsWith(".parquet") && !file.startsWith("."));
  if (shards.length === 0) {
    throw new InputError(`Cannot read ${folder}: the folder holds no .parquet files`);
  }
  const splits = groupBy(shards, (shard) => SHARD_NAME.exec(shard)?.[1] ?? "");
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

/** Checks that no shard is missing, which would shift the indices of all following rows. */
function checkAllThere(folder: string, shards: readonly string[]): void {
  const matches = shards.map((shard) => SHARD_NAME.exec(shard)).filter((match) => match !== null);
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
